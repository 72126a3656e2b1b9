// The drawings of one digit; a press on one tells the app its number. One of them is a tab stop, arrows lead on.

const DIRECTIONS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const shown = new WeakMap(); // list -> the text that it was made of

export default function ({ data, parentElement, setTriggerValue }) {
  const [heading, list] = parentElement.querySelector(".class-row").children;
  const [digit, count] = data.title.split(" ");
  if (heading.textContent !== data.title) {
    heading.innerHTML = "<span></span> <small></small>";
    heading.firstChild.textContent = digit;
    heading.lastChild.textContent = count;
  }
  list.setAttribute("aria-label", `Drawings of ${digit}`);
  list.onclick = (event) => {
    const button = event.target.closest("button");
    if (button) setTriggerValue("chosen", Number(button.dataset.number));
  };
  list.onkeydown = (event) => {
    const buttons = [...list.querySelectorAll("button")];
    const place = buttons.indexOf(event.target) + (DIRECTIONS[event.key] ?? 0);
    if (!(event.key in DIRECTIONS) || !buttons[place]) return;
    event.preventDefault();
    for (const button of buttons) button.tabIndex = -1;
    buttons[place].tabIndex = 0;
    buttons[place].focus();
  };
  if (shown.get(list) === data.entries) return;
  shown.set(list, data.entries);
  const buttons = [...list.querySelectorAll("button")];
  const known = new Map(buttons.map((button) => [button.dataset.number, button.parentNode]));
  const items = JSON.parse(data.entries).map(([number, picture, words]) => {
    let item = known.get(String(number));
    if (!item) {
      item = document.createElement("li");
      item.innerHTML = '<button type="button" tabindex="-1"><img alt=""></button>';
      item.firstChild.dataset.number = number;
      item.querySelector("img").src = `data:image/png;base64,${picture}`;
    }
    item.firstChild.setAttribute("aria-label", words);
    return item;
  });
  if (!items.length) {
    const empty = document.createElement("li");
    empty.className = "empty";
    empty.textContent = data.empty;
    items.push(empty);
  }
  // Only what changed is touched, so that the pictures stand still and the keyboard's place is kept.
  for (const item of Array.from(list.children)) if (!items.includes(item)) item.remove();
  items.forEach((item, place) => {
    if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
  });
  if (!list.querySelector("button[tabindex='0']")) list.querySelector("button")?.setAttribute("tabindex", "0");
}
