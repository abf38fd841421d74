// the tools of the workbench: what the hand does on the map becomes an event with a number, a shape and ids
(function () {
  "use strict";
  const gridgis = (window.gridgis = window.gridgis || {});
  const { DRAWN_BY_HAND, PANE, TOOLS } = gridgis;

  const Parts = [gridgis.WithBar, gridgis.WithHand, gridgis.WithLines, gridgis.WithKeys, gridgis.WithHelp];

  class Tools extends Parts.reduce((Base, part) => part(Base), Object) {
    constructor(bench) {
      super();
      Object.assign(this, { bench, map: bench.map, words: bench.words, tool: "choose", level: "unit", radius: 26 });
      this.box = this.map.getContainer();
      this.box.classList.add("gridgis-bench");
      bench.drawTool = (brush) => this.draw(brush);
      bench.onState = (state) => this.show(state);
      bench.onSend = () => this.wait();
      this.buildBar();
      this.buildStrip();
      this.listen();
      this.map.doubleClickZoom.disable();
      this.map.boxZoom.disable();
      // what is being drawn lies above all that is drawn
      this.map.createPane(PANE).style.zIndex = 460;
      this.map.pm.setGlobalOptions({
        snappable: false, tooltips: false, allowSelfIntersection: false, continueDrawing: false,
        panes: { layerPane: PANE, vertexPane: "markerPane", markerPane: "markerPane" },
      });
      this.use("choose");
    }

    // one tool at a time

    use(tool) {
      if (this.buttons[tool].disabled) return;
      this.drop();
      this.tool = tool;
      for (const name of TOOLS) this.buttons[name].setAttribute("aria-pressed", String(name === tool));
      const byHand = DRAWN_BY_HAND.includes(tool);
      this.box.classList.toggle("gridgis-drawing", byHand);
      this.box.dataset.tool = tool;
      this.grip(!byHand);
      if (tool === "split") this.startLine();
      if (tool === "border") this.pair = null;
      this.showHint();
      this.bench.redraw("focus");
    }
    grip(on) {
      const byFinger = matchMedia("(pointer: coarse)").matches && !document.fullscreenElement;
      this.map.dragging[on && !byFinger ? "enable" : "disable"]();
    }
    drop() {
      this.line = null;
      this.bench.stroke = this.bench.waiting.length ? this.bench.stroke : null;
      this.map.pm.disableDraw();
      this.forget();
      this.leave();
    }
    // Esc: first the line in hand, then what waits to be kept, then the border in hand, what is chosen, and the tool
    escape() {
      const { bench } = this;
      if (this.closeHelp()) return undefined;
      if (this.page) return this.turnTo(this.words.tour.length);
      if (this.line || this.corners > 0) return this.use(this.tool);
      const acts = ((bench.state && bench.state.strip) || { acts: [] }).acts.map((act) => act.order);
      if (acts.includes("discard")) return this.order("discard");
      if (this.edited) return this.use(this.tool);
      if (bench.chosen.size || bench.picked.size) return this.clear();
      return this.use("choose");
    }
    // corners of the line that is being drawn
    get corners() {
      const drawn = this.drawing && this.map.pm.Draw.Line._layer;
      return drawn ? drawn.getLatLngs().length : 0;
    }
    clear() {
      this.bench.chosen.clear();
      this.bench.picked.clear();
      this.tellChoice();
    }
    tellChoice() {
      const { bench } = this;
      bench.redraw("focus");
      bench.send({ tool: "choose", units: [...bench.chosen], cells: [...bench.picked].map((cell) => bench.land.ids[cell]) });
    }
  }

  gridgis.tools = (bench) => (bench.tools = new Tools(bench));
})();
