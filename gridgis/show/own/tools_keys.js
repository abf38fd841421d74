// keys of the workbench
(function () {
  "use strict";
  const gridgis = (window.gridgis = window.gridgis || {});
  const KEYS = { v: "choose", b: "brush", l: "lasso", r: "rectangle", s: "split", d: "border" };
  const ORDERS = { m: "merge", k: "lock", e: "split_evenly", g: "make_legal", n: "next", p: "previous" };

  gridgis.WithKeys = (Base) =>
    class extends Base {
      key(event) {
        if (event.target.closest && event.target.closest("input, textarea, select, [contenteditable]")) return false;
        const act = this.meaning(event);
        if (!act) return false;
        event.preventDefault();
        event.stopPropagation();
        act();
        return true;
      }
      meaning(event) {
        const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
        if (event.ctrlKey || event.metaKey) {
          if (key === "z") return () => this.order(event.shiftKey ? "redo" : "undo");
          if (key === "y") return () => this.order("redo");
          return null;
        }
        if (event.altKey) return null;
        if (KEYS[key]) return () => this.use(KEYS[key]);
        if (ORDERS[key]) return () => this.order(ORDERS[key]);
        const others = {
          Escape: () => this.escape(),
          Enter: () => this.enter(),
          "?": () => this.help(),
          "[": () => this.resize(1 / 1.3),
          "]": () => this.resize(1.3),
          " ": () => this.grip(true),
        };
        return others[key] || null;
      }
      enter() {
        if (this.tool === "split" && this.corners > 1) return this.map.pm.Draw.Line._finishShape();
        if (this.page) return this.turn(1);
        const main = ((this.bench.state && this.bench.state.strip) || { acts: [] }).acts.find((act) => act.main);
        return main && this.order(main.order);
      }
    };
})();
