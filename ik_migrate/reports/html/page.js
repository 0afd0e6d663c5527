"use strict";
// Filters, folds and the choice of light or dark. The page can be read without any of it.
(() => {
  const FEW = 20;
  const root = document.documentElement;
  root.classList.add("scripts");

  // Browsers that keep no data of files on disk forget the choice.
  const remembered = {
    get theme() { try { return localStorage.getItem("ik-migrate-theme"); } catch { return null; } },
    set theme(name) { try { localStorage.setItem("ik-migrate-theme", name); } catch { /* only for this time */ } },
  };
  // Here, in the head of the page, so that it is never seen in the wrong colours.
  if (remembered.theme) root.dataset.theme = remembered.theme;

  function startTheme() {
    const button = document.getElementById("theme");
    const prefersDark = matchMedia("(prefers-color-scheme: dark)");
    const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches);
    const label = () => { button.textContent = isDark() ? "Light colours" : "Dark colours"; };
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      remembered.theme = root.dataset.theme;
      label();
    });
    prefersDark.addEventListener("change", label);
    label();
  }

  function startFilters(form) {
    const apps = [...document.querySelectorAll(".app")].map((section) => ({
      section,
      files: [...section.querySelectorAll(".file")].map((file) => ({
        file,
        path: file.querySelector("h4").textContent.toLowerCase(),
        counts: file.querySelector(".counts"),
        countsOfAll: file.querySelector(".counts").textContent,
        findings: [...file.querySelectorAll(".finding")].map((item) => ({ item, text: null })),
      })),
    }));
    const total = apps.flatMap((app) => app.files).reduce((sum, file) => sum + file.findings.length, 0);
    const shown = document.getElementById("shown");

    const chosen = () => {
      const data = new FormData(form);
      return {
        words: data.get("q").toLowerCase().split(/\s+/).filter(Boolean),
        app: data.get("app"),
        rule: data.get("rule"),
        work: data.get("work"),
        kinds: data.getAll("kind"),
      };
    };

    const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
    const isAnyFinding = (wanted) => !wanted.kinds.length && !wanted.rule && !wanted.work;

    function matches(finding, path, wanted) {
      const { kind, work, rule } = finding.item.dataset;
      if (wanted.kinds.length && !wanted.kinds.includes(kind)) return false;
      if ((wanted.rule && wanted.rule !== rule) || (wanted.work && wanted.work !== work)) return false;
      if (!wanted.words.length) return true;
      finding.text ??= finding.item.textContent.toLowerCase();
      return wanted.words.every((word) => finding.text.includes(word) || path.includes(word));
    }

    function filter() {
      const wanted = chosen();
      let number = 0;
      let numberOfFiles = 0;
      for (const { section, files } of apps) {
        let filesHere = 0;
        for (const { file, path, counts, countsOfAll, findings } of files) {
          const ofApp = !wanted.app || wanted.app === section.dataset.app;
          let here = 0;
          for (const finding of findings) {
            const visible = ofApp && matches(finding, path, wanted);
            finding.item.hidden = !visible;
            here += visible;
          }
          // A file without findings is rewritten because of what is in the baseline.
          const alone = !findings.length && ofApp && isAnyFinding(wanted)
            && wanted.words.every((word) => path.includes(word));
          file.hidden = !here && !alone;
          counts.textContent = here === findings.length ? countsOfAll : `${here} of ${countsOfAll}`;
          number += here;
          filesHere += !file.hidden;
        }
        section.hidden = !filesHere;
        numberOfFiles += filesHere;
      }
      shown.textContent = number === total
        ? count(total, "finding")
        : `${number} of ${count(total, "finding")}, in ${count(numberOfFiles, "file")}`;
    }

    // The address holds the filter, so that it can be sent to somebody.
    function toAddress() {
      const parameters = new URLSearchParams();
      for (const [name, value] of new FormData(form)) if (value.trim()) parameters.append(name, value);
      const hash = parameters.toString();
      history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
    }

    const isFilter = (hash) => /^#(q|app|rule|work|kind)=/.test(hash);

    function fromAddress() {
      if (!isFilter(location.hash)) return false;
      const parameters = new URLSearchParams(location.hash.slice(1));
      for (const name of ["q", "app", "rule", "work"]) form.elements[name].value = parameters.get(name) ?? "";
      for (const name of ["app", "rule", "work"]) {
        // A value that is no choice, from an older report for instance, would leave the field empty.
        if (form.elements[name].selectedIndex < 0) form.elements[name].value = "";
      }
      const kinds = parameters.getAll("kind");
      for (const box of form.querySelectorAll("[name=kind]")) box.checked = kinds.includes(box.value);
      filter();
      unfoldFew();
      return true;
    }

    function show(hash) {
      history.pushState(null, "", hash);
      if (fromAddress()) {
        document.getElementById("findings").scrollIntoView();
        document.querySelector("#findings h2").focus({ preventScroll: true });
      }
    }

    function unfold(open) {
      for (const details of document.querySelectorAll("#findings details")) {
        if (!open || !details.closest("[hidden]")) details.open = open;
      }
    }

    // Whoever asks for a few findings wants to see them, not the files they are in.
    function unfoldFew() {
      for (const folded of [".file:not([hidden])", "details.finding:not([hidden])"]) {
        const found = document.querySelectorAll(`.app:not([hidden]) ${folded}`);
        if (found.length <= FEW) for (const details of found) details.open = true;
      }
    }

    form.addEventListener("submit", (event) => event.preventDefault());
    let typing;
    form.addEventListener("input", (event) => {
      clearTimeout(typing);
      // Not at each letter: that would be slow, and a screen reader would read out each count.
      typing = setTimeout(() => { filter(); unfoldFew(); toAddress(); }, event.target.type === "search" ? 150 : 0);
    });
    form.addEventListener("reset", () => setTimeout(() => { filter(); toAddress(); }));
    document.getElementById("unfold").addEventListener("click", () => unfold(true));
    document.getElementById("fold").addEventListener("click", () => unfold(false));
    addEventListener("hashchange", fromAddress);
    addEventListener("popstate", fromAddress);
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !isFilter(link.hash)) return;
      event.preventDefault();
      show(link.hash);
    });
    document.addEventListener("keydown", (event) => {
      const typingNow = event.target.closest?.("input, select, textarea");
      if (event.key === "/" && !typingNow && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        form.elements.q.focus();
        form.elements.q.select();
      }
    });

    document.querySelector("#findings h2").tabIndex = -1;
    filter();
    fromAddress();
  }

  // Paper has no folds.
  function startPrinting() {
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = [...document.querySelectorAll("details:not([open])")].filter((details) => !details.closest("[hidden]"));
      for (const details of opened) details.open = true;
    });
    addEventListener("afterprint", () => {
      for (const details of opened) details.open = false;
      opened = [];
    });
  }

  function startCopying() {
    for (const block of document.querySelectorAll(".suggestion")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(block.textContent);
          button.textContent = "Copied";
        } catch {
          getSelection().selectAllChildren(block);
          button.textContent = "Selected";
        }
      });
      block.after(button);
    }
  }

  addEventListener("DOMContentLoaded", () => {
    startTheme();
    startPrinting();
    startCopying();
    const form = document.getElementById("filters");
    if (form) startFilters(form);
  });
})();
