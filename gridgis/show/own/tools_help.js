// help: the list of keys, and a tour for whoever comes first
(function () {
  "use strict";
  const gridgis = (window.gridgis = window.gridgis || {});
  const TOUR = "gridgis-tour";
  const { make } = gridgis;

  gridgis.WithHelp = (Base) =>
    class extends Base {
      help() {
        if (this.closeHelp()) return;
        const sheet = make("div", "gridgis-help", this.box);
        sheet.setAttribute("role", "dialog");
        sheet.setAttribute("aria-label", this.words.keys);
        make("h2", "", sheet, this.words.keys);
        const list = make("dl", "", sheet);
        for (const [keys, words] of this.words.shortcuts) {
          const term = make("dt", "", list);
          for (const key of keys.split(" ")) make("kbd", "", term, key);
          make("dd", "", list, words);
        }
        const row = make("div", "gridgis-acts", sheet);
        const add = (text, act) => {
          const button = make("button", "", row, text);
          button.type = "button";
          L.DomEvent.on(button, "click", (event) => {
            L.DomEvent.stop(event);
            this.closeHelp();
            act();
          });
        };
        add(this.words.tour_again, () => this.turnTo(0));
        add(this.words.close, () => undefined);
        L.DomEvent.disableClickPropagation(sheet);
        this.sheet = sheet;
      }
      closeHelp() {
        const open = this.sheet;
        if (open) open.remove();
        this.sheet = null;
        return !!open;
      }
      tour() {
        if (this.toured || this.bench.state.readonly || localStorage.getItem(TOUR)) return;
        this.toured = true;
        this.turnTo(0);
      }
      turn(by) {
        this.turnTo(this.at + by);
      }
      turnTo(at) {
        if (this.page) this.page.remove();
        this.page = null;
        for (const button of Object.values(this.buttons)) button.classList.remove("gridgis-shown");
        const pages = this.words.tour;
        if (at < 0 || at >= pages.length) return localStorage.setItem(TOUR, "seen");
        this.toured = true;
        this.at = at;
        const page = make("div", "gridgis-tour", this.box);
        page.setAttribute("role", "dialog");
        make("div", "gridgis-small", page, this.words.step.replace("{at}", at + 1).replace("{of}", pages.length));
        make("div", "", page, pages[at].text);
        for (const name of pages[at].tools) this.buttons[name].classList.add("gridgis-shown");
        const row = make("div", "gridgis-acts", page);
        const add = (text, kind, to) => {
          const button = make("button", kind, row, text);
          button.type = "button";
          L.DomEvent.on(button, "click", (event) => {
            L.DomEvent.stop(event);
            this.turnTo(to);
          });
        };
        const last = at === pages.length - 1;
        if (!last) add(this.words.skip, "", pages.length);
        add(last ? this.words.begin : this.words.onward, "main", at + 1);
        L.DomEvent.disableClickPropagation(page);
        this.page = page;
        return undefined;
      }
    };
})();
