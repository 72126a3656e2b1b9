// Keeps what proves a place in a room in this browser's storage, and tells the app what it keeps.

const NAME = "siamese.class";
const MOST = 8; // rooms that are remembered

// Some browsers forbid their storage: then a reload loses the place, and nothing else.
const read = (storage) => {
  try {
    return JSON.parse(window[storage].getItem(NAME)) ?? {};
  } catch {
    return {};
  }
};
const write = (storage, value) => {
  try {
    window[storage].setItem(NAME, JSON.stringify(value));
  } catch {
    /* see above */
  }
};

export default function ({ data, setTriggerValue }) {
  const rooms = read("localStorage");
  if (data.forget && rooms[data.forget]) {
    delete rooms[data.forget];
    write("localStorage", rooms);
  }
  if (data.place) {
    const { code, role, token } = JSON.parse(data.place);
    if (rooms[code]?.[role] !== token) {
      const { [code]: before, ...others } = rooms;
      const entries = [...Object.entries(others), [code, { ...before, [role]: token }]];
      write("localStorage", Object.fromEntries(entries.slice(-MOST)));
    }
    write("sessionStorage", { code, role });
  } else if (!data.ask) {
    write("sessionStorage", {});
  }
  if (data.ask) setTriggerValue("found", JSON.stringify({ rooms, ...read("sessionStorage") }));
}
