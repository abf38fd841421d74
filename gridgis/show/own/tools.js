// the tools of the workbench: what the hand does on the map becomes an event with a number, a shape and ids
(function () {
  "use strict";
  const gridgis = (window.gridgis = window.gridgis || {});
  const PATIENCE_PX = 4;
  const HANDLES_PX = 14;
  const NEAR_PX = 12;
  const TOUR = "gridgis-tour";
  const PANE = "gridgis-hand";

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
  const TOOLS = ["choose", "brush", "lasso", "rectangle", "split", "border"];
  const DRAWN_BY_HAND = ["brush", "lasso", "rectangle"];
  const KEYS = { v: "choose", b: "brush", l: "lasso", r: "rectangle", s: "split", d: "border" };
  const ORDERS = { m: "merge", k: "lock", e: "split_evenly", g: "make_legal", n: "next", p: "previous" };

  const make = (tag, kind, parent, text) => {
    const node = L.DomUtil.create(tag, kind, parent);
    if (text !== undefined) node.textContent = text;
    return node;
  };

  class Tools {
    constructor(bench) {
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

    // ---- the bar of tools, the hint under it, the strip that tells the effect

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

    // ---- one tool at a time

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

    // ---- the hand

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

    // ---- what lies under the hand

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

    // ---- a line that splits

    startLine() {
      const colour = gridgis.colour("accent");
      this.map.pm.enableDraw("Line", {
        templineStyle: { color: colour, weight: 3 },
        hintlineStyle: { color: colour, weight: 2, dashArray: "6 5" },
        cursorMarker: true,
      });
    }
    finishLine(layer) {
      const line = layer.getLatLngs().map((place) => [place.lng, place.lat]);
      layer.remove();
      const unit = this.unitUnder(layer.getLatLngs());
      if (!unit) this.showHint(this.words.no_unit);
      else if (unit.locked) this.showHint(this.words.locked);
      else {
        this.bench.ghost = line;
        this.bench.send({ tool: "split", unit: unit.code, line });
      }
      this.startLine();
    }
    // the unit that is chosen where the line crosses it, else the one that it runs through the longest
    unitUnder(places) {
      const met = new Map();
      for (let at = 1; at < places.length; at++)
        for (let step = 0; step <= 40; step++) {
          const [a, b] = [places[at - 1], places[at]];
          const pixel = gridgis.pixelOf(a.lat + ((b.lat - a.lat) * step) / 40, a.lng + ((b.lng - a.lng) * step) / 40);
          const unit = this.bench.unitAt(this.bench.land.cellAt(pixel));
          if (unit) met.set(unit, (met.get(unit) || 0) + a.distanceTo(b));
        }
      const chosen = [...met.keys()].find((unit) => this.bench.chosen.has(unit.code));
      return chosen || [...met.keys()].sort((one, other) => met.get(other) - met.get(one))[0];
    }

    // ---- a border that is dragged

    borderNear(at) {
      const { bench } = this;
      const reach = (NEAR_PX / this.scale) ** 2;
      let best = null;
      let least = reach;
      for (const edge of bench.borders) {
        const away = bench.land.awayFromEdge(edge[0], edge[1], at.x, at.y);
        if (away <= least) [best, least] = [edge, away];
      }
      if (!best) return null;
      const pair = [bench.owner[best[2]], bench.owner[best[3]]];
      return pair.some((unit) => unit < 0) ? null : { pair: pair.map((unit) => bench.units[unit].code), edge: best };
    }
    seek(at) {
      const near = this.borderNear(at);
      this.near = near;
      this.box.classList.toggle("gridgis-on-border", !!near);
      this.bench.redraw("focus");
    }
    chooseBorder(at) {
      const near = this.borderNear(at);
      if (!near) {
        this.forget();
        return this.bench.redraw("focus");
      }
      const locked = near.pair.some((code) => this.bench.units[this.bench.spot.get(code)].locked);
      if (locked) return this.showHint(this.words.locked);
      const [place] = [this.bench.land.corners[near.edge[0]]];
      return this.follow({ codes: near.pair, place });
    }
    // make the border of two units a line with handles; of several pieces the one nearest to where it was chosen
    follow(pair) {
      this.forget();
      const { bench, map } = this;
      const [one, other] = pair.codes.map((code) => bench.spot.get(code));
      if (one === undefined || other === undefined) return;
      const lines = bench.land.shared(bench.owner, one, other);
      if (!lines.length) return;
      const away = (line) => Math.min(...line.map((corner) => L.latLng(bench.land.corners[corner]).distanceTo(pair.place)));
      const line = lines.sort((a, b) => away(a) - away(b))[0];
      const places = line.map((corner) => L.latLng(bench.land.corners[corner]));
      const handles = this.simplify(line);
      this.pair = pair;
      this.kept = handles.map((at, spot) => ({ place: places[at], to: handles[spot + 1] === undefined ? [] : places.slice(at + 1, handles[spot + 1]) }));
      this.edited = L.polyline(handles.map((at) => places[at]), {
        pane: PANE, color: gridgis.colour("accent"), weight: 3.5, interactive: false, pmIgnore: false,
      }).addTo(map);
      this.edited.pm.enable({ allowSelfIntersection: false, snappable: false, preventMarkerRemoval: true });
      this.edited.on("pm:edit", () => this.reshape());
      bench.redraw("focus");
    }
    // the corners that are worth a handle at this zoom (Douglas and Peucker)
    simplify(line) {
      const { land } = this.bench;
      const reach = (HANDLES_PX / this.scale) ** 2;
      const keep = new Set([0, line.length - 1]);
      const halve = (from, to) => {
        let [worst, most] = [-1, reach];
        for (let at = from + 1; at < to; at++) {
          const away = land.awayFromEdge(line[from], line[to], land.x0[line[at]], land.y0[line[at]]);
          if (away > most) [worst, most] = [at, away];
        }
        if (worst < 0) return;
        keep.add(worst);
        halve(from, worst);
        halve(worst, to);
      };
      halve(0, line.length - 1);
      return [...keep].sort((a, b) => a - b);
    }
    // where two handles stay, the border between them stays to the centimetre
    reshape() {
      const places = this.edited.getLatLngs();
      const spot = (place) => this.kept.findIndex((kept) => kept.place.equals(place, 1e-12));
      const line = [];
      places.forEach((place, at) => {
        line.push(place);
        const here = spot(place);
        const next = at + 1 < places.length ? spot(places[at + 1]) : -1;
        if (here >= 0 && next === here + 1) line.push(...this.kept[here].to);
      });
      this.bench.send({ tool: "border", units: this.pair.codes, line: line.map((place) => [place.lng, place.lat]) });
    }
    forget() {
      if (this.edited) {
        this.edited.pm.disable();
        this.edited.remove();
      }
      this.edited = null;
      this.box.classList.remove("gridgis-on-border");
    }

    // ---- what the tool draws

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

    // ---- keys

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

    // ---- help: the list of keys, and a tour for whoever comes first

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
  }

  gridgis.tools = (bench) => (bench.tools = new Tools(bench));
})();
