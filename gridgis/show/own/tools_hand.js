// the hand on the map: painting, circling, choosing, and what lies under it
(function () {
  "use strict";
  const gridgis = (window.gridgis = window.gridgis || {});
  const PATIENCE_PX = 4;
  const { DRAWN_BY_HAND } = gridgis;

  gridgis.WithHand = (Base) =>
    class extends Base {
      listen() {
        const { box, map } = this;
        box.addEventListener("pointerdown", (event) => this.down(event), true);
        box.addEventListener("pointermove", (event) => this.move(event), true);
        window.addEventListener("pointerup", (event) => this.up(event), true);
        window.addEventListener("pointercancel", () => this.cancel(), true);
        box.addEventListener("pointerleave", () => {
          this.cursor = null;
          this.leave();
          this.bench.redraw("focus");
        });
        map.on("pm:create", (event) => this.finishLine(event.layer));
        map.on("pm:drawstart", () => (this.drawing = true));
        map.on("pm:drawend", () => (this.drawing = false));
        map.on("zoomstart", () => this.leave());
        document.addEventListener("keydown", (event) => this.key(event));
        document.addEventListener("keyup", (event) => event.key === " " && this.grip(!DRAWN_BY_HAND.includes(this.tool)));
        document.addEventListener("fullscreenchange", () => this.grip(!DRAWN_BY_HAND.includes(this.tool)));
      }
      pixel(event) {
        const place = this.map.mouseEventToLatLng(event);
        return gridgis.pixelOf(place.lat, place.lng);
      }
      onMap(event) {
        return this.bench.land && !event.target.closest(".leaflet-control, .leaflet-marker-icon, .gridgis-help, .gridgis-tour");
      }
      get scale() {
        return 2 ** this.map.getZoom();
      }
      down(event) {
        if (!event.isPrimary) return this.cancel();
        if (!this.onMap(event) || event.button !== 0) return;
        // keys go to where the hand is
        if (!document.hasFocus()) this.box.focus({ preventScroll: true });
        this.press = { x: event.clientX, y: event.clientY };
        if (!DRAWN_BY_HAND.includes(this.tool) || this.map.dragging.enabled()) return;
        const at = this.pixel(event);
        if (this.tool === "brush") {
          const unit = this.bench.unitAt(this.bench.land.cellAt(at));
          if (!unit) return;
          if (unit.locked) return this.showHint(this.words.locked);
          this.begin(unit);
        }
        this.line = [at];
        this.follower(event, at);
      }
      begin(unit) {
        const spot = this.bench.spot.get(unit.code);
        const old = this.bench.stroke;
        this.bench.stroke = { unit: spot, cells: new Set(old && old.unit === spot && this.bench.waiting.length ? old.cells : []) };
      }
      move(event) {
        if (!event.isPrimary || !this.bench.land) return;
        this.cursor = { x: event.clientX, y: event.clientY };
        const at = this.pixel(event);
        if (this.line) this.follower(event, at);
        else if (this.onMap(event)) this.hover(event, at);
        else this.leave();
      }
      follower(event, at) {
        const last = this.line[this.line.length - 1];
        if (this.tool === "brush") this.sweep(last, at);
        if (this.tool === "rectangle") this.line = [this.line[0], at];
        else this.line.push(at);
        this.bench.redraw("focus", "points");
        event.preventDefault();
      }
      sweep(from, to) {
        const { land, owner, units, stroke } = this.bench;
        const radius = this.radius / this.scale;
        const steps = Math.max(Math.ceil((2 * Math.hypot(to.x - from.x, to.y - from.y)) / radius), 1);
        for (let step = 0; step <= steps; step++) {
          const place = { x: from.x + ((to.x - from.x) * step) / steps, y: from.y + ((to.y - from.y) * step) / steps };
          for (const cell of land.touched(place, radius)) {
            const unit = units[owner[cell]];
            if (owner[cell] !== stroke.unit && !(unit && unit.locked)) stroke.cells.add(cell);
          }
        }
      }
      up(event) {
        const { press } = this;
        this.press = null;
        if (!press) return;
        const still = Math.hypot(event.clientX - press.x, event.clientY - press.y) <= PATIENCE_PX;
        const { line } = this;
        this.line = null;
        if (line && this.tool === "brush") return this.painted();
        if (line && !still) return this.circled(line);
        if (still && this.onMap(event)) this.click(event);
      }
      cancel() {
        if (!this.line) return;
        this.line = null;
        this.press = null;
        this.bench.stroke = null;
        this.bench.redraw("focus", "points");
      }
      painted() {
        const { bench } = this;
        const { stroke, land } = bench;
        if (!stroke.cells.size) {
          bench.stroke = null;
          return bench.redraw("focus", "points");
        }
        bench.send({ tool: "paint", unit: bench.units[stroke.unit].code, cells: [...stroke.cells].map((cell) => land.ids[cell]) });
      }
      circled(line) {
        const { bench } = this;
        const [a, b] = line;
        const shape = this.tool === "rectangle" ? [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }] : line;
        const found = bench.land.within(shape).filter((cell) => {
          const unit = bench.unitAt(cell);
          return !(unit && unit.locked);
        });
        bench.chosen.clear();
        bench.picked = new Set(found);
        this.tellChoice();
      }
      click(event) {
        const at = this.pixel(event);
        const { bench } = this;
        const cell = bench.land.cellAt(at);
        const unit = bench.unitAt(cell);
        if (this.tool === "border") return this.chooseBorder(at);
        if (DRAWN_BY_HAND.includes(this.tool)) return this.give(unit);
        if (this.tool !== "choose") return undefined;
        const [kept, other] = this.level === "cell" ? [bench.picked, bench.chosen] : [bench.chosen, bench.picked];
        const what = this.level === "cell" ? cell : unit && (this.level === "grid" ? unit.grid : unit.code);
        other.clear();
        // a finger has no Shift: it adds and takes away
        const several = event.shiftKey || event.pointerType === "touch";
        const leave = kept.has(what) && (several || kept.size === 1);
        if (!several) kept.clear();
        if (cell >= 0 && unit) kept[leave ? "delete" : "add"](what);
        return this.tellChoice();
      }
      // what is circled goes to the unit that is clicked
      give(unit) {
        const { bench } = this;
        if (!unit || !bench.picked.size) return;
        if (unit.locked) return void this.showHint(this.words.locked);
        const cells = [...bench.picked].filter((cell) => bench.unitAt(cell) !== unit);
        if (!cells.length) return;
        bench.stroke = { unit: bench.spot.get(unit.code), cells: new Set(cells) };
        bench.redraw("focus", "points");
        bench.send({ tool: "paint", unit: unit.code, cells: cells.map((cell) => bench.land.ids[cell]) });
      }

      hover(event, at) {
        if (this.tool === "border") return this.seek(at);
        if (this.tool === "brush") return this.bench.redraw("focus");
        if (this.tool !== "choose") return undefined;
        const unit = this.bench.unitAt(this.bench.land.cellAt(at));
        if (!unit || event.pointerType !== "mouse") return this.leave();
        if (!this.tip) this.tip = L.tooltip({ className: "gridgis-tip", opacity: 1, offset: [14, 0], direction: "right" });
        if (this.told !== unit) this.tip.setContent(gridgis.lines(unit.words));
        this.told = unit;
        this.tip.setLatLng(this.map.mouseEventToLatLng(event));
        if (!this.map.hasLayer(this.tip)) this.tip.addTo(this.map);
        return undefined;
      }
      leave() {
        if (this.tip) this.tip.remove();
        this.told = null;
        this.near = null;
      }

      draw(brush) {
        const accent = gridgis.colour("accent");
        const { bench } = this;
        const flat = (pixel) => bench.onScreen([pixel.x, pixel.y]);
        brush.strokeStyle = accent;
        brush.lineWidth = 2;
        if (this.near && !this.edited) this.drawNear(brush);
        if (this.line && this.tool === "lasso") this.drawLine(brush, this.line.map(flat), [6, 4]);
        if (this.line && this.tool === "rectangle" && this.line.length > 1) {
          const [a, b] = this.line.map(flat);
          this.drawLine(brush, [a, [b[0], a[1]], b, [a[0], b[1]]], [6, 4]);
        }
        if (this.tool === "brush" && this.cursor) {
          const rect = this.box.getBoundingClientRect();
          const at = this.map.containerPointToLayerPoint([this.cursor.x - rect.left, this.cursor.y - rect.top]);
          brush.beginPath();
          brush.arc(at.x, at.y, this.radius, 0, 2 * Math.PI);
          brush.globalAlpha = 0.12;
          brush.fillStyle = accent;
          brush.fill();
          brush.globalAlpha = 1;
          brush.stroke();
        }
      }
      drawNear(brush) {
        const [one, other] = this.near.pair.map((code) => this.bench.spot.get(code));
        const { owner, borders } = this.bench;
        const mine = borders.filter(([, , a, b]) => (owner[a] === one && owner[b] === other) || (owner[a] === other && owner[b] === one));
        this.bench.lines(brush, mine, "accent", 5);
      }
      drawLine(brush, places, dash) {
        brush.beginPath();
        places.forEach(([x, y], at) => (at ? brush.lineTo(x, y) : brush.moveTo(x, y)));
        brush.closePath();
        brush.setLineDash(dash);
        brush.stroke();
        brush.setLineDash([]);
        brush.globalAlpha = 0.08;
        brush.fillStyle = gridgis.colour("accent");
        brush.fill();
        brush.globalAlpha = 1;
      }
    };
})();
