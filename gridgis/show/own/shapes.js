// areas and lines: one canvas a pane, three lines in a tooltip at most, a click chooses
(function () {
  "use strict";
  const gridgis = (window.gridgis = window.gridgis || {});

  const look = (style) => ({
    stroke: !!style.line,
    color: gridgis.colour(style.line),
    weight: style.width || 1,
    opacity: 1,
    dashArray: style.dash || null,
    lineCap: style.dash ? "butt" : "round",
    fill: !!style.fill || !!style.texture,
    fillColor: gridgis.colour(style.fill || "transparent"),
    fillOpacity: style.fill ? (style.opacity === undefined ? 1 : style.opacity) : 0,
    texture: style.texture || null,
    textureColor: style.texture && gridgis.colour(style.textureColour),
  });

  const Shapes = L.FeatureGroup.extend({
    initialize(data) {
      L.FeatureGroup.prototype.initialize.call(this, []);
      this.data = data;
    },
    onAdd(map) {
      if (!this.getLayers().length) this.make(map);
      L.FeatureGroup.prototype.onAdd.call(this, map);
    },
    make(map) {
      const { data } = this;
      const renderer = gridgis.renderer(map, data.pane);
      data.parts.forEach((parts, at) => {
        const places = parts.map((part) => (data.areas ? part.map(gridgis.decode) : gridgis.decode(part)));
        const options = Object.assign(look(data.styles[data.style[at]]), {
          renderer,
          interactive: data.pane === "units" && !!(data.tips || data.codes),
          smoothFactor: data.areas ? 0.5 : 1,
          bubblingMouseEvents: true,
        });
        const path = data.areas ? L.polygon(places, options) : L.polyline(places, options);
        path.at = at;
        this.addLayer(path);
      });
      if (data.tips) {
        this.bindTooltip((path) => gridgis.lines(data.tips[path.at]), { sticky: true, opacity: 1, className: "gridgis-tip" });
        this.on("mouseover", (event) => this.outline(event.propagatedFrom || event.layer, map));
        this.on("mouseout", () => this.outline(null, map));
      }
      if (data.codes) this.on("click", (event) => this.choose(event.propagatedFrom || event.layer));
    },
    outline(path, map) {
      if (this.ring) this.ring.remove();
      this.ring = path && L.polygon(path.getLatLngs(), {
        renderer: gridgis.renderer(map, "focus"), interactive: false, fill: false, weight: 2.5, opacity: 0.9,
        color: gridgis.colour("ink"),
      }).addTo(map);
    },
    choose(path) {
      gridgis.choose({ unit: this.data.codes[path.at] });
    },
    onRemove(map) {
      this.outline(null, map);
      L.FeatureGroup.prototype.onRemove.call(this, map);
    },
    repaint() {
      this.eachLayer((path) => path.setStyle(look(this.data.styles[this.data.style[path.at]])));
    },
  });
  gridgis.shapes = (data) => new Shapes(data);
})();
