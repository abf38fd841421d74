// two plans on one map: one left and one right of a handle; or each on a map of its own that moves with the other
(function () {
  "use strict";
  const gridgis = (window.gridgis = window.gridgis || {});
  const STEP = 0.02;

  const Swipe = L.Layer.extend({
    initialize(data) {
      this.data = data;
      this.at = 0.5;
      this.sides = ["left", "right"].map((side) => gridgis.shapes(Object.assign({ pane: side }, data[side])));
    },
    onAdd(map) {
      for (const side of this.sides) side.addTo(map);
      const box = map.getContainer();
      this.handle = L.DomUtil.create("div", "gridgis-handle", box);
      this.handle.tabIndex = 0;
      this.handle.setAttribute("role", "slider");
      this.handle.setAttribute("aria-label", this.data.words.handle);
      this.names = ["left", "right"].map((side) => {
        const name = L.DomUtil.create("div", "gridgis-side gridgis-side-" + side, box);
        name.textContent = this.data.words[side];
        return name;
      });
      L.DomEvent.disableClickPropagation(this.handle);
      this.handle.addEventListener("pointerdown", (event) => this.handle.setPointerCapture(event.pointerId));
      this.handle.addEventListener("pointermove", (event) => {
        if (!this.handle.hasPointerCapture(event.pointerId)) return;
        const frame = box.getBoundingClientRect();
        this.put((event.clientX - frame.left) / frame.width);
      });
      this.handle.addEventListener("keydown", (event) => {
        const way = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
        if (!way) return;
        event.preventDefault();
        event.stopPropagation();
        this.put(this.at + way);
      });
      map.on("move zoom resize viewreset zoomend moveend", this.clip, this);
      this.put(this.at);
    },
    onRemove(map) {
      map.off("move zoom resize viewreset zoomend moveend", this.clip, this);
      for (const side of this.sides) side.remove();
      for (const node of [this.handle, ...this.names]) node.remove();
    },
    put(at) {
      this.at = Math.min(Math.max(at, 0), 1);
      this.handle.style.left = `${100 * this.at}%`;
      this.handle.setAttribute("aria-valuenow", String(Math.round(100 * this.at)));
      this.clip();
    },
    // a pane moves with the map, what it may show does not
    clip() {
      const map = this._map;
      if (!map) return;
      const size = map.getSize();
      const [from, to] = [map.containerPointToLayerPoint([0, 0]), map.containerPointToLayerPoint(size)];
      const cut = map.containerPointToLayerPoint([this.at * size.x, 0]).x;
      const show = (side, west, east) => {
        map.getPane("gridgis-" + side).style.clip = `rect(${from.y}px, ${east}px, ${to.y}px, ${west}px)`;
      };
      show("left", from.x, cut);
      show("right", cut, to.x);
    },
    repaint() {
      for (const side of this.sides) side.repaint();
    },
  });
  gridgis.swipe = (data) => new Swipe(data);

  // maps of one name show the same place
  gridgis.twin = function (name) {
    const Twin = L.Layer.extend({
      onAdd(map) {
        this.channel = new BroadcastChannel(name);
        let following = false;
        this.channel.onmessage = ({ data }) => {
          following = true;
          map.setView(data.centre, data.zoom, { animate: false });
          following = false;
        };
        this.tell = () => following || this.channel.postMessage({ centre: [map.getCenter().lat, map.getCenter().lng], zoom: map.getZoom() });
        map.on("move", this.tell);
      },
      onRemove(map) {
        map.off("move", this.tell);
        this.channel.close();
      },
    });
    return new Twin();
  };
})();
