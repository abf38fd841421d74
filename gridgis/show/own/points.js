// many points, and names, each as one path that draws itself: no object a household, no object a name
(function () {
  "use strict";
  const gridgis = (window.gridgis = window.gridgis || {});

  // ---- signs: a state has a shape besides its colour

  gridgis.trace = function (brush, shape, x, y, size) {
    if (shape === "triangle") {
      brush.moveTo(x, y - 1.25 * size);
      brush.lineTo(x + 1.15 * size, y + 0.8 * size);
      brush.lineTo(x - 1.15 * size, y + 0.8 * size);
      brush.closePath();
    } else if (shape === "diamond") {
      brush.moveTo(x, y - 1.25 * size);
      brush.lineTo(x + 1.25 * size, y);
      brush.lineTo(x, y + 1.25 * size);
      brush.lineTo(x - 1.25 * size, y);
      brush.closePath();
    } else if (shape === "square") {
      brush.rect(x - 0.9 * size, y - 0.9 * size, 1.8 * size, 1.8 * size);
    } else if (shape === "cross") {
      brush.moveTo(x - size, y - size);
      brush.lineTo(x + size, y + size);
      brush.moveTo(x + size, y - size);
      brush.lineTo(x - size, y + size);
    } else {
      brush.moveTo(x + size, y);
      brush.arc(x, y, size, 0, 2 * Math.PI);
    }
  };

  gridgis.finish = function (brush, shape, colour, size) {
    if (shape === "ring") {
      brush.strokeStyle = colour;
      brush.lineWidth = 3;
      brush.stroke();
      return;
    }
    if (shape === "cross") {
      brush.strokeStyle = colour;
      brush.lineWidth = Math.max(1, 0.45 * size);
      brush.stroke();
      return;
    }
    brush.fillStyle = colour;
    brush.fill();
    if (size < 3) return;
    brush.strokeStyle = gridgis.colour("land");
    brush.lineWidth = 0.8;
    brush.stroke();
  };

  // a path of many places, kept as pixels of zoom 0, so that a zoom is one multiplication a place
  const Cloud = L.Path.extend({
    initialize(places, pane) {
      Object.assign(this, { pane, count: places.length });
      this.x0 = new Float64Array(this.count);
      this.y0 = new Float64Array(this.count);
      places.forEach((place, at) => {
        const pixel = L.CRS.EPSG3857.latLngToPoint(L.latLng(place), 0);
        this.x0[at] = pixel.x;
        this.y0[at] = pixel.y;
      });
      this.x = new Float64Array(this.count);
      this.y = new Float64Array(this.count);
      L.setOptions(this, { interactive: false, weight: 0 });
    },
    beforeAdd(map) {
      this.options.renderer = gridgis.renderer(map, this.pane);
      L.Path.prototype.beforeAdd.call(this, map);
    },
    _project() {
      const origin = this._map.getPixelOrigin();
      const scale = 2 ** this._map.getZoom();
      for (let at = 0; at < this.count; at++) {
        this.x[at] = this.x0[at] * scale - origin.x;
        this.y[at] = this.y0[at] * scale - origin.y;
      }
      // it covers whatever is on screen: a redraw of a part clips it
      this._pxBounds = L.bounds([-1e7, -1e7], [1e7, 1e7]);
    },
    _update() {
      if (this._map) this._updatePath();
    },
    _updatePath() {
      if (this._renderer._drawing && this.count) this.paint(this._renderer._ctx, this._renderer._bounds);
    },
    _empty() {
      return !this.count;
    },
    repaint() {
      this.redraw();
    },
  });

  const Points = Cloud.extend({
    initialize(data) {
      this.data = data;
      Cloud.prototype.initialize.call(this, gridgis.decode(data.places), "points");
    },
    size() {
      return Math.min(Math.max(1.7 + 1.1 * (this._map.getZoom() - 13), 1.5), 6.5) * (this.data.size || 1);
    },
    paint(brush, bounds) {
      const size = this.size();
      this.data.styles.forEach((style, kind) => {
        brush.beginPath();
        for (let at = 0; at < this.count; at++) {
          if (this.data.style[at] - kind !== 0) continue;
          const [x, y] = [this.x[at], this.y[at]];
          if (x < bounds.min.x || x > bounds.max.x || y < bounds.min.y || y > bounds.max.y) continue;
          gridgis.trace(brush, style.shape, x, y, size);
        }
        brush.globalAlpha = 1;
        gridgis.finish(brush, style.shape, gridgis.colour(style.fill), size);
      });
    },
    onAdd(map) {
      Cloud.prototype.onAdd.call(this, map);
      if (this.data.labels) map.on("mousemove", this.hover, this).on("mouseout", this.leave, this).on("click", this.pick, this);
    },
    onRemove(map) {
      this.leave();
      map.off("mousemove", this.hover, this).off("mouseout", this.leave, this).off("click", this.pick, this);
      Cloud.prototype.onRemove.call(this, map);
    },
    nearest(point) {
      let best = -1;
      let least = (this.size() + 4) ** 2;
      for (let at = 0; at < this.count; at++) {
        const away = (this.x[at] - point.x) ** 2 + (this.y[at] - point.y) ** 2;
        if (away <= least) [best, least] = [at, away];
      }
      return best;
    },
    hover(event) {
      const at = this.nearest(event.layerPoint);
      if (at === this.over) return;
      this.leave();
      if (at < 0) return;
      this.over = at;
      const { labels, days, style, styles } = this.data;
      const state = styles[style[at]].words.replace("{n}", days ? days[at] : "");
      const place = this._map.layerPointToLatLng([this.x[at], this.y[at]]);
      this.tip = L.tooltip({ className: "gridgis-tip", opacity: 1, offset: [8, 0], direction: "right" })
        .setLatLng(place)
        .setContent(gridgis.lines([...labels[at].split("\n"), state]))
        .addTo(this._map);
    },
    leave() {
      if (this.tip) this.tip.remove();
      this.tip = null;
      this.over = -1;
    },
    pick(event) {
      const at = this.nearest(event.layerPoint);
      this.hover(event);
      if (at >= 0) gridgis.choose({ point: at });
    },
  });
  gridgis.points = (data) => new Points(data);

  // ---- names: at the zoom where they fit, and never one over another

  const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
  const fontOf = (kind) => `${kind.weight} ${kind.size}px ${FONT}`;

  const Names = Cloud.extend({
    initialize(data) {
      this.data = data;
      Cloud.prototype.initialize.call(this, gridgis.decode(data.places), "names");
      // width of the named thing, in pixels of zoom 0
      this.room = data.room.map((degrees) => (degrees * 256) / 360e6);
    },
    // where each text goes on screen, at the centre of its place or just above or below, clear of what is taken
    settle(brush, taken) {
      const zoom = this._map.getZoom();
      const settled = [];
      for (let at = 0; at < this.count; at++) {
        const kind = this.data.styles[this.data.style[at]];
        if (zoom < kind.from || zoom > (kind.to || 99)) continue;
        brush.font = fontOf(kind);
        const half = brush.measureText(this.data.texts[at]).width / 2 + 3;
        const tall = kind.size / 2 + 2;
        if (kind.fit && this.room[at] * 2 ** zoom < kind.fit * 2 * half) continue;
        for (const step of [0, -1.6, 1.6, -3, 3]) {
          const y = this.y[at] + step * tall;
          const box = [this.x[at] - half, y - tall, this.x[at] + half, y + tall];
          if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
          taken.push(box);
          settled.push([at, kind, y]);
          break;
        }
      }
      return settled;
    },
    paint(brush) {
      const taken = [];
      // what another layer writes with more right comes first, though it is drawn later
      this._map.eachLayer((other) => {
        if (other.settle && (other.data.rank || 0) > (this.data.rank || 0)) other.settle(brush, taken);
      });
      brush.textAlign = "center";
      brush.textBaseline = "middle";
      brush.lineJoin = "round";
      for (const [at, kind, y] of this.settle(brush, taken)) {
        const text = this.data.texts[at];
        brush.font = fontOf(kind);
        brush.lineWidth = 3;
        brush.strokeStyle = gridgis.colour("halo");
        brush.strokeText(text, this.x[at], y);
        brush.fillStyle = gridgis.colour(kind.fill);
        brush.fillText(text, this.x[at], y);
      }
    },
  });
  gridgis.names = (data) => new Names(data);
})();
