// the workbench on the map: one village's cells and units, drawn from what the server says and from what the hand does;
// what is drawn follows the hand at once, and the server's answer settles it
(function () {
  "use strict";
  const gridgis = (window.gridgis = window.gridgis || {});
  const TINTS = 5;
  const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
  const NAMED = 13.2;

  const Sheet = L.Path.extend({
    initialize(bench, pane, draw) {
      Object.assign(this, { bench, pane, draw });
      L.setOptions(this, { interactive: false, weight: 0 });
    },
    beforeAdd(map) {
      this.options.renderer = gridgis.renderer(map, this.pane);
      L.Path.prototype.beforeAdd.call(this, map);
    },
    _project() {
      this.bench.project();
      // it covers whatever is on screen: a redraw of a part clips it
      this._pxBounds = L.bounds([-1e7, -1e7], [1e7, 1e7]);
    },
    _update() {
      if (this._map) this._updatePath();
    },
    _updatePath() {
      if (this._renderer._drawing && this.bench.land) this.draw.call(this.bench, this._renderer._ctx);
    },
    _empty: () => false,
    repaint() {
      this.redraw();
    },
  });

  // names of the base give way to what stands on the units
  const Words = Sheet.extend({
    data: { rank: 2 },
    settle(brush, taken) {
      if (this.bench.land) for (const { box } of this.bench.placeWords(brush)) taken.push(box);
    },
  });

  class Bench {
    constructor(map, options) {
      Object.assign(this, { map, words: options.words, waiting: [], serial: 0, chosen: new Set(), picked: new Set() });
      this.name = Math.random().toString(36).slice(2, 10);
      this.stroke = null;
      this.tints = new Map();
      this.sheets = [
        new Sheet(this, "units", this.drawLand),
        new Sheet(this, "focus", this.drawHand),
        new Words(this, "points", this.drawWords),
      ];
      for (const sheet of this.sheets) sheet.addTo(map);
    }

    // ---- what the server says

    take(state) {
      const key = state.cells.key;
      if (!this.land || this.land.key !== key) {
        this.land = gridgis.land(state.cells);
        this.projected = null;
      }
      const settled = this.settle(state);
      this.state = state;
      this.owner = state.owner;
      this.units = state.units;
      this.spot = new Map(state.units.map((unit, at) => [unit.code, at]));
      if (settled) {
        this.chosen = new Set(state.chosen.units.filter((code) => this.spot.has(code)));
        this.picked = new Set(state.chosen.cells.map((id) => this.land.at.get(id)).filter((at) => at !== undefined));
        this.stroke = null;
      }
      this.homes = gridgis.decode(state.places || []).map(([lat, lon]) => gridgis.pixelOf(lat, lon));
      this.arrange();
      this.redraw();
      // the base's names make room
      this.map.eachLayer((layer) => layer.settle && layer.redraw());
      if (this.onState) this.onState(state);
    }
    // what was sent is settled once the server has answered to it; what came later is the hand's
    settle(state) {
      if (state.ack && state.ack.bench === this.name)
        this.waiting = this.waiting.filter((event) => event.serial > state.ack.serial);
      return this.waiting.length === 0;
    }
    send(event) {
      this.serial += 1;
      this.waiting.push(Object.assign({ serial: this.serial }, event));
      window.dispatchEvent(new CustomEvent("gridgis:edit", { detail: event }));
      if (window.Streamlit) window.Streamlit.setComponentValue({ bench: this.name, events: this.waiting, at: Date.now() });
      if (this.onSend) this.onSend(event);
    }

    // ---- what follows from cells and units

    arrange() {
      const { land, owner } = this;
      this.sums = new Float64Array(this.units.length);
      owner.forEach((unit, cell) => unit >= 0 && (this.sums[unit] += land.homes[cell]));
      this.borders = land.borders(owner);
      this.gone = this.state.before ? land.borders(this.state.before).filter(([, , a, b]) => owner[a] === owner[b]) : [];
      this.tint();
      this.seats = this.units.map((_, unit) => this.seatOf(unit));
    }
    // neighbours differ in tint, and a unit keeps its tint as long as it can
    tint() {
      const near = this.units.map(() => new Set());
      for (const [, , a, b] of this.borders) {
        const [one, other] = [this.owner[a], this.owner[b]];
        if (one < 0 || other < 0) continue;
        near[one].add(other);
        near[other].add(one);
      }
      const given = new Map();
      this.tinted = new Map();
      this.units.forEach((unit, at) => {
        const taken = new Set([...near[at]].filter((other) => given.has(other)).map((other) => given.get(other)));
        const before = this.tints.get(unit.code);
        const free = [...Array(TINTS).keys()].filter((tint) => !taken.has(tint));
        const chosen = before !== undefined && !taken.has(before) ? before : free.length ? free[0] : at % TINTS;
        given.set(at, chosen);
        this.tinted.set(unit.code, chosen);
      });
      // what is only tried leaves no trace
      if (!this.state.before) this.tints = new Map([...this.tints, ...this.tinted]);
    }
    // where a unit's name stands: the middle of the cell nearest to the unit's own
    seatOf(unit) {
      const cells = [];
      let [x, y, weight] = [0, 0, 0];
      this.owner.forEach((owner, cell) => {
        if (owner !== unit) return;
        const w = 0.05 + this.land.homes[cell];
        const [mx, my] = this.land.middle[cell];
        [x, y, weight] = [x + w * mx, y + w * my, weight + w];
        cells.push(cell);
      });
      let best = null;
      let least = Infinity;
      for (const cell of cells) {
        const [mx, my] = this.land.middle[cell];
        const away = (mx - x / weight) ** 2 + (my - y / weight) ** 2;
        if (away < least) [best, least] = [[mx, my], away];
      }
      return best;
    }
    unitAt(cell) {
      return cell < 0 ? null : this.units[this.owner[cell]] || null;
    }
    homesOf(cells) {
      let sum = 0;
      for (const cell of cells) sum += this.land.homes[cell];
      return sum;
    }

    // ---- pixels

    project() {
      if (!this.land) return;
      const [zoom, origin] = [this.map.getZoom(), this.map.getPixelOrigin()];
      const now = [zoom, origin.x, origin.y, this.land.key].join();
      if (this.projected === now) return;
      this.projected = now;
      const scale = 2 ** zoom;
      const { x0, y0 } = this.land;
      this.x = x0.map((x) => x * scale - origin.x);
      this.y = y0.map((y) => y * scale - origin.y);
    }
    onScreen([x, y]) {
      const [scale, origin] = [2 ** this.map.getZoom(), this.map.getPixelOrigin()];
      return [x * scale - origin.x, y * scale - origin.y];
    }
    redraw(...panes) {
      for (const sheet of this.sheets) if (!panes.length || panes.includes(sheet.pane)) sheet.redraw();
    }

    // ---- drawing

    trace(brush, cells) {
      const { x, y } = this;
      brush.beginPath();
      for (const cell of cells)
        for (const ring of this.land.rings[cell]) {
          brush.moveTo(x[ring[0]], y[ring[0]]);
          for (let at = 1; at < ring.length - 1; at++) brush.lineTo(x[ring[at]], y[ring[at]]);
          brush.closePath();
        }
    }
    lines(brush, edges, colour, width, dash) {
      const { x, y } = this;
      brush.beginPath();
      for (const [a, b] of edges) {
        brush.moveTo(x[a], y[a]);
        brush.lineTo(x[b], y[b]);
      }
      brush.strokeStyle = gridgis.colour(colour);
      brush.lineWidth = width;
      brush.setLineDash(dash || []);
      brush.stroke();
      brush.setLineDash([]);
    }
    outline(unit) {
      const { owner } = this;
      return this.land.edges.filter(([, , a, b]) => (owner[a] === unit) !== (b >= 0 && owner[b] === unit));
    }
    cellsOf(test) {
      const found = [];
      this.owner.forEach((unit, cell) => test(unit, cell) && found.push(cell));
      return found;
    }
    fill(brush, cells, colour, alpha, texture) {
      if (!cells.length) return;
      this.trace(brush, cells);
      brush.globalAlpha = alpha;
      brush.fillStyle = texture ? gridgis.texture(brush, texture, gridgis.colour(colour)) : gridgis.colour(colour);
      brush.fill("evenodd");
      brush.globalAlpha = 1;
    }
    drawLand(brush) {
      const { owner, state, units } = this;
      brush.save();
      brush.lineCap = brush.lineJoin = "round";
      for (let tint = 0; tint < TINTS; tint++)
        this.fill(brush, this.cellsOf((unit) => unit >= 0 && this.tinted.get(units[unit].code) === tint), `tint_${tint}`, 0.82);
      this.fill(brush, this.cellsOf((unit) => unit < 0), "unreachable", 0.9, "hatch");
      this.fill(brush, this.cellsOf((unit) => unit >= 0 && units[unit].locked), "faint", 0.55, "hatch");
      if (this.map.getZoom() >= 14.6) {
        brush.globalAlpha = 0.5;
        this.lines(brush, this.land.edges.filter(([, , a, b]) => b >= 0 && owner[a] === owner[b]), "faint", 0.5);
        brush.globalAlpha = 1;
      }
      const grids = this.borders.filter(([, , a, b]) => this.gridOf(a) !== this.gridOf(b));
      const inner = this.borders.filter(([, , a, b]) => this.gridOf(a) === this.gridOf(b));
      this.lines(brush, inner, "line", 1.1, [5, 3]);
      this.lines(brush, grids, "line", 2.4);
      this.lines(brush, this.land.edges.filter(([, , , b]) => b < 0), "line", 2.4);
      if (state.before) {
        const moved = this.cellsOf((unit, cell) => unit !== state.before[cell]);
        this.fill(brush, moved, "accent", 0.3);
        this.fill(brush, moved, "accent", 0.8, "hatch");
        this.lines(brush, this.gone, "overdue", 1.4, [2, 4]);
      }
      this.drawHomes(brush);
      brush.restore();
    }
    gridOf(cell) {
      const unit = this.units[this.owner[cell]];
      return unit ? unit.grid : null;
    }
    drawHomes(brush) {
      const size = Math.min(Math.max(0.9 + 0.55 * (this.map.getZoom() - 13), 0.8), 3.5);
      brush.beginPath();
      for (const pixel of this.homes) {
        const [x, y] = this.onScreen([pixel.x, pixel.y]);
        brush.moveTo(x + size, y);
        brush.arc(x, y, size, 0, 2 * Math.PI);
      }
      brush.fillStyle = gridgis.colour("home");
      brush.fill();
    }
    drawHand(brush) {
      brush.save();
      brush.lineCap = brush.lineJoin = "round";
      this.units.forEach((unit, at) => {
        if (unit.state !== "ok") this.lines(brush, this.outline(at), "overdue", 2.6);
      });
      for (const code of this.chosen) {
        const at = this.spot.get(code);
        this.fill(brush, this.cellsOf((unit) => unit === at), "accent", 0.14);
        this.lines(brush, this.outline(at), "accent", 3.5);
      }
      this.fill(brush, [...this.picked], "accent", 0.42);
      if (this.stroke && this.stroke.cells) this.fill(brush, [...this.stroke.cells], "accent", 0.42);
      if (this.drawTool) this.drawTool(brush);
      brush.restore();
    }
    // what is written on each unit and where: beside its seat if that is taken, and its size alone if all is taken
    placeWords(brush) {
      const named = this.map.getZoom() >= NAMED;
      const placed = [];
      this.units.forEach((unit, at) => {
        if (!this.seats[at]) return;
        const [x, y] = this.onScreen(this.seats[at]);
        const size = [this.shownSize(at), 650, 13, unit.state === "ok" ? "ink" : "overdue"];
        const both = [[unit.short, 450, 11.5, "ink"], size];
        for (const rows of named ? [both, [size]] : [[size]])
          for (const [right, down] of [[0, 0], [0, -1.2], [0, 1.2], [1, 0], [-1, 0], [0, -2.4], [0, 2.4]]) {
            const box = this.boxOf(brush, rows, x + right * 52, y + down * 15);
            if (placed.some(({ box: other }) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
            placed.push({ rows, box });
            return;
          }
      });
      return placed;
    }
    drawWords(brush) {
      brush.save();
      brush.textAlign = "center";
      brush.textBaseline = "middle";
      brush.lineJoin = "round";
      brush.lineWidth = 3.5;
      for (const { rows, box } of this.placeWords(brush))
        rows.forEach(([text, weight, size, colour], row) => {
          brush.font = `${weight} ${size}px ${FONT}`;
          const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2 + 14.5 * (row - (rows.length - 1) / 2)];
          brush.strokeStyle = gridgis.colour("halo");
          brush.strokeText(text, x, y);
          brush.fillStyle = gridgis.colour(colour);
          brush.fillText(text, x, y);
        });
      brush.restore();
    }
    boxOf(brush, rows, x, y) {
      let half = 0;
      for (const [text, weight, size] of rows) {
        brush.font = `${weight} ${size}px ${FONT}`;
        half = Math.max(half, brush.measureText(text).width / 2);
      }
      const tall = 7.5 * rows.length;
      return [x - half - 2, y - tall, x + half + 2, y + tall];
    }
    shownSize(at) {
      const size = this.sums[at];
      const more = this.stroke && this.stroke.unit === at ? this.homesOf([...this.stroke.cells].filter((cell) => this.owner[cell] !== at)) : 0;
      return more ? `${size} + ${more}` : String(size);
    }
  }

  gridgis.workbench = function (map, options) {
    map.gridgisBench = gridgis.bench = new Bench(map, options);
    gridgis.tools(gridgis.bench);
  };

  // what the server says comes as a layer; taking it off leaves the workbench as it is until the next one comes
  gridgis.benchState = function (state) {
    const State = L.Layer.extend({
      onAdd(map) {
        map.gridgisBench.take(state);
      },
      onRemove() {},
    });
    return new State();
  };
})();
