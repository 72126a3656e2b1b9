// A picture that is turned by dragging it: it follows the pointer here, and the app is told by how much.

const EVERY = 150; // ms between two messages while it is dragged

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector(".turntable");
  const picture = table.firstElementChild;
  picture.alt = data.alt;
  if (picture.getAttribute("src") !== data.picture) picture.src = data.picture;
  const drag = (table.drag ??= { on: false, angle: data.angle, told: 0 });
  if (!drag.on) drag.angle = data.angle;
  // What comes back shows the angle that was told some time ago: the rest is turned here.
  const show = () => {
    const rest = drag.on ? drag.angle - data.angle : 0;
    picture.style.transform = rest ? `rotate(${rest}deg)` : "";
  };
  show();
  const direction = (event) => {
    const box = table.getBoundingClientRect();
    const x = event.clientX - box.left - box.width / 2;
    const y = event.clientY - box.top - box.height / 2;
    return (Math.atan2(y, x) * 180) / Math.PI;
  };
  const within = (angle) => ((((angle + 180) % 360) + 360) % 360) - 180;
  const tell = () => {
    drag.told = performance.now();
    setTriggerValue("angle", Math.round(within(drag.angle)));
  };
  table.onpointerdown = (event) => {
    if (event.button) return;
    table.setPointerCapture(event.pointerId);
    drag.on = true;
    drag.last = direction(event);
    drag.moved = false;
  };
  table.onpointermove = (event) => {
    if (!drag.on) return;
    const now = direction(event);
    drag.angle += within(now - drag.last);
    drag.last = now;
    drag.moved = true;
    show();
    if (performance.now() - drag.told > EVERY) tell();
  };
  table.onpointerup = table.onpointercancel = () => {
    if (drag.on && drag.moved) tell();
    drag.on = false;
  };
}
