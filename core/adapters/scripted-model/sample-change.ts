/** The code that a rehearsed `dev` stage adds to the sample project: what the issue on guest berths asks for, beside the fitting rules and built on them. */
export const sampleModule = `import { berths, findBerth, fits } from "./berths.mjs";

/** A reservation is held until this hour of its day, local time; after it the harbour master may give the berth away. */
export const heldUntilHour = 18;

/** A book without reservations. Books are never changed; every function returns the next one. */
export function emptyBook() {
  return { reservations: [], blocked: [] };
}

/** Reserves the smallest free berth that fits for one night. Returns the next book and the reservation, or the reason why there is none. */
export function reserve(book, { crew, boat, date, springs = false }) {
  const missing = ["length", "beam", "draught"].find((size) => !(boat[size] > 0));
  if (missing) return { ok: false, reason: "the boat's " + missing + " is missing" };
  const berth = findBerth(boat, taken(book, date), springs);
  if (!berth) return { ok: false, reason: "no free berth fits on " + date };
  const reservation = { id: book.reservations.length + 1, crew, boat, date, springs, berth: berth.id, late: false, state: "held" };
  return { ok: true, book: { ...book, reservations: [...book.reservations, reservation] }, reservation };
}

/** The crew has said that it will be late: the berth waits for it. */
export function announceLate(book, id) {
  return change(book, id, { late: true });
}

/** Whether the harbour master may give the berth away. Dates are YYYY-MM-DD, the hour is local. */
export function mayGiveAway(reservation, date, hour) {
  if (reservation.state !== "held") return true;
  if (date !== reservation.date) return date > reservation.date;
  return hour >= heldUntilHour && !reservation.late;
}

/** Moves a boat to another berth, if that one is free and fits. */
export function move(book, id, berthId) {
  const reservation = book.reservations.find((one) => one.id === id && one.state === "held");
  if (!reservation) return { ok: false, reason: "there is no such reservation" };
  const berth = berths.find((one) => one.id === berthId);
  if (!berth || !fits(berth, reservation.boat, reservation.springs)) return { ok: false, reason: "the boat does not fit into " + berthId };
  if (taken(book, reservation.date).has(berthId)) return { ok: false, reason: berthId + " is taken" };
  return { ok: true, book: change(book, id, { berth: berthId }) };
}

/** Refuses a reservation. The reason reaches the crew, so there must be one. */
export function refuse(book, id, reason) {
  if (!reason || reason.trim() === "") return { ok: false, reason: "a refusal needs a reason" };
  return { ok: true, book: change(book, id, { state: "refused", reason }) };
}

/** Takes a berth out of use for a night. */
export function block(book, berthId, date) {
  return { ...book, blocked: [...book.blocked, { berth: berthId, date }] };
}

/** Who lies where tonight: reservations and walk-ins, in the order of the pontoons. */
export function nightList(book, date, walkIns = []) {
  const held = book.reservations.filter((one) => one.date === date && one.state === "held").map(({ berth, crew }) => ({ berth, crew }));
  return [...held, ...walkIns].sort((one, other) => one.berth.localeCompare(other.berth));
}

function taken(book, date) {
  const held = book.reservations.filter((one) => one.date === date && one.state === "held").map((one) => one.berth);
  return new Set([...held, ...book.blocked.filter((one) => one.date === date).map((one) => one.berth)]);
}

function change(book, id, values) {
  return { ...book, reservations: book.reservations.map((one) => (one.id === id ? { ...one, ...values } : one)) };
}
`;

export const sampleTest = `import assert from "node:assert/strict";
import { test } from "node:test";
import { announceLate, block, emptyBook, mayGiveAway, move, nightList, refuse, reserve } from "../src/reservations.mjs";

const boat = { length: 8.2, beam: 2.7, draught: 1.5, needsPower: false };
const date = "2027-07-03";
const booked = (book = emptyBook(), crew = "Fram") => reserve(book, { crew, boat, date });

test("a crew gets the smallest berth that fits, and no berth is given twice for a night", () => {
  const first = booked();
  const second = booked(first.book, "Gjoa");
  assert.equal(first.reservation.berth, "A1");
  assert.equal(second.reservation.berth, "A2");
  assert.equal(reserve(second.book, { crew: "Maud", boat, date: "2027-07-04" }).reservation.berth, "A1");
});

test("a boat without its sizes, and one that fits nowhere, are told so", () => {
  assert.match(reserve(emptyBook(), { crew: "x", boat: { length: 8 }, date }).reason, /beam is missing/);
  assert.match(reserve(emptyBook(), { crew: "x", boat: { ...boat, length: 30 }, date }).reason, /no free berth/);
});

test("a reservation is held until 18:00, and longer when the crew has said that it will be late", () => {
  const { book, reservation } = booked();
  assert.equal(mayGiveAway(reservation, date, 17), false);
  assert.equal(mayGiveAway(reservation, date, 18), true);
  assert.equal(mayGiveAway(announceLate(book, reservation.id).reservations[0], date, 20), false);
  assert.equal(mayGiveAway(reservation, "2027-07-02", 23), false);
});

test("the harbour master moves a boat only to a free berth that fits, and can block one", () => {
  const { book, reservation } = booked();
  assert.equal(move(book, reservation.id, "B1").book.reservations[0].berth, "B1");
  assert.match(move(block(book, "B1", date), reservation.id, "B1").reason, /taken/);
  assert.match(move(book, reservation.id, "Z9").reason, /does not fit/);
  assert.equal(booked(block(emptyBook(), "A1", date)).reservation.berth, "A2");
});

test("a refusal needs a reason, and frees the berth", () => {
  const { book, reservation } = booked();
  assert.match(refuse(book, reservation.id, " ").reason, /needs a reason/);
  const refused = refuse(book, reservation.id, "storm").book;
  assert.equal(booked(refused, "Gjoa").reservation.berth, "A1");
});

test("the night list has reservations and walk-ins, and nobody who was refused", () => {
  const first = booked();
  const second = booked(first.book, "Gjoa");
  const book = refuse(second.book, first.reservation.id, "storm").book;
  assert.deepEqual(nightList(book, date, [{ berth: "A1", crew: "Maud" }]), [
    { berth: "A1", crew: "Maud" },
    { berth: "A2", crew: "Gjoa" },
  ]);
});
`;

/** For any other repository: a check of the requirements that nothing else there depends on, beside the documents it reads. */
export const criteriaCheck = `// Reads the product requirements beside it: every acceptance criterion has an id of its own and names a requirement that is there. Run it with node.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

/** Rows of tables whose first cell is a letter and a number, such as F1 or A2. */
export function readRows(text, letter) {
  const first = new RegExp("^\\\\|\\\\s*" + letter + "\\\\d+\\\\s*\\\\|");
  return text.split("\\n").filter((line) => first.test(line)).map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

/** What is wrong with the criteria, a sentence each. */
export function findFaults(text) {
  const requirements = new Set(readRows(text, "F").map(([id]) => id));
  const criteria = readRows(text, "A");
  const seen = new Set();
  return criteria.flatMap(([id, requirement]) => {
    const faults = [];
    if (seen.has(id)) faults.push(id + " is used twice");
    if (!requirements.has(requirement)) faults.push(id + " names " + requirement + ", which is no requirement");
    seen.add(id);
    return faults;
  }).concat(criteria.length === 0 ? ["there are no acceptance criteria"] : []);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const text = readFileSync(new URL("../prd/prd.md", import.meta.url), "utf8");
  const faults = findFaults(text);
  console.log(faults.length === 0 ? readRows(text, "A").length + " acceptance criteria are sound" : faults.join("\\n"));
  process.exitCode = faults.length === 0 ? 0 : 1;
}
`;
