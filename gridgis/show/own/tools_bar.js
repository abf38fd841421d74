// the bar of tools, the hint under it, and the strip that tells the effect
(function () {
  "use strict";
  const gridgis = (window.gridgis = window.gridgis || {});
  const { make, TOOLS } = gridgis;

  const svg = (path) =>
    `<svg viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">${path}</svg>`;
  const SIGNS = {
    choose: svg('<path d="M5 3l10 7-4.5.8L13 16l-2 1-2.4-5.2L5.4 15z"/>'),
    brush: svg('<path d="M16.5 3.5 9 11M9 11c-2.200-.6-3.800.8-4 3-.1 1-.6 1.800-1.500 2.300 2.800.8 6.200.3 7.300-2.300.500-1.200 0-2.400-1.800-3z"/>'),
    lasso: svg('<path d="M10 4c4 0 7 1.900 7 4.500S14 13 10 13c-1 0-2-.1-2.900-.4C4.700 11.900 3 10.300 3 8.500 3 5.900 6 4 10 4zM7.100 12.600C5.800 13.300 5.700 15 7 15.500c.9.400 1 1.200.4 2"/>'),
    rectangle: svg('<path d="M3.500 5h13v10h-13z" stroke-dasharray="3 2.200"/>'),
    split: svg('<path d="M4 4h12v12H4z" opacity=".45"/><path d="M12.500 2 7.500 18" stroke-width="2"/>'),
    border: svg('<path d="M3 15c3-1 3-6 7-5s4-4 7-5"/><circle cx="10" cy="10" r="2" fill="currentColor"/>'),
    undo: svg('<path d="M7.500 4 4 7.500 7.500 11M4 7.500h8a4 4 0 0 1 0 8H8"/>'),
    redo: svg('<path d="M12.500 4 16 7.500 12.500 11M16 7.500H8a4 4 0 0 0 0 8h4"/>'),
    help: svg('<path d="M7.500 7.500a2.500 2.500 0 1 1 3.600 2.200c-.8.4-1.100.9-1.100 1.800M10 14.500v.1"/><circle cx="10" cy="10" r="7.500"/>'),
  };

  gridgis.WithBar = (Base) =>
    class extends Base {
      buildBar() {
        const bar = make("div", "gridgis-tools leaflet-control", this.box);
        bar.setAttribute("role", "toolbar");
        bar.setAttribute("aria-label", this.words.tools);
        this.buttons = {};
        const add = (name, act, parent) => {
          const button = make("button", "gridgis-tool", parent);
          button.type = "button";
          button.innerHTML = SIGNS[name]; // one of the drawings above
          button.title = this.words["tool." + name];
          button.setAttribute("aria-label", button.title);
          button.dataset.tool = name;
          L.DomEvent.on(button, "click", (event) => {
            L.DomEvent.stop(event);
            act();
            button.blur();
          });
          this.buttons[name] = button;
        };
        const first = make("div", "gridgis-set", bar);
        for (const tool of TOOLS) add(tool, () => this.use(tool), first);
        const second = make("div", "gridgis-set", bar);
        add("undo", () => this.order("undo"), second);
        add("redo", () => this.order("redo"), second);
        add("help", () => this.help(), second);
        this.bar = bar;
        this.hint = make("div", "gridgis-hint leaflet-control", this.box);
        this.hint.setAttribute("role", "status");
        L.DomEvent.disableClickPropagation(bar);
        L.DomEvent.disableClickPropagation(this.hint);
      }
      buildStrip() {
        this.strip = make("div", "gridgis-strip leaflet-control", this.box);
        this.strip.hidden = true;
        this.strip.setAttribute("role", "status");
        L.DomEvent.disableClickPropagation(this.strip);
      }
      showHint(text) {
        this.hint.replaceChildren();
        const byFinger = this.tool === "choose" && matchMedia("(pointer: coarse)").matches;
        make("span", "", this.hint, text || this.words["hint." + (byFinger ? "touch" : this.tool)]);
        if (text) return;
        if (this.tool === "choose") this.offer(["unit", "grid", "cell"], this.level, "level", (level) => this.take(level));
        if (this.tool === "brush") this.offer(["smaller", "larger"], null, "brush", (way) => this.resize(way === "larger" ? 1.3 : 1 / 1.3));
      }
      offer(names, chosen, group, act) {
        const set = make("span", "gridgis-offer", this.hint);
        for (const name of names) {
          const button = make("button", "", set, this.words[`${group}.${name}`]);
          button.type = "button";
          if (chosen) button.setAttribute("aria-pressed", String(name === chosen));
          L.DomEvent.on(button, "click", (event) => {
            L.DomEvent.stop(event);
            act(name);
            button.blur();
          });
        }
      }
      take(level) {
        this.level = level;
        this.clear();
        this.showHint();
      }
      resize(by) {
        this.radius = Math.min(Math.max(this.radius * by, 6), 120);
        this.bench.redraw("focus");
      }
      show(state) {
        this.box.classList.toggle("gridgis-busy", this.bench.waiting.length > 0);
        this.buttons.undo.disabled = !state.undo;
        this.buttons.redo.disabled = !state.redo;
        for (const tool of TOOLS.slice(1)) this.buttons[tool].disabled = state.readonly;
        if (state.readonly && this.tool !== "choose") this.use("choose");
        this.fillStrip(state.strip);
        if (this.tool === "border" && this.pair) this.follow(this.pair);
        this.tour();
      }
      fillStrip(strip) {
        const box = this.strip;
        box.replaceChildren();
        box.hidden = !strip;
        if (!strip) return;
        box.dataset.kind = strip.kind;
        const words = make("div", "gridgis-told", box);
        for (const line of strip.lines) {
          const row = make("div", line.light || "", words, line.text);
          if (line.light) row.dataset.light = line.light;
        }
        const row = make("div", "gridgis-acts", box);
        for (const act of strip.acts) {
          const button = make("button", act.main ? "main" : "", row, act.text);
          button.type = "button";
          button.dataset.act = act.order;
          if (act.key && !matchMedia("(pointer: coarse)").matches) make("kbd", "", button, act.key);
          L.DomEvent.on(button, "click", (event) => {
            L.DomEvent.stop(event);
            this.order(act.order);
          });
        }
      }
      wait() {
        this.box.classList.add("gridgis-busy");
      }
      order(name) {
        const { bench } = this;
        const acts = ((bench.state && bench.state.strip) || { acts: [] }).acts.map((act) => act.order);
        if (["commit", "discard", "instead", "again"].includes(name) && !acts.includes(name)) return;
        if ((name === "undo" && !bench.state.undo) || (name === "redo" && !bench.state.redo)) return;
        bench.send({ tool: name });
      }
    };
})();
