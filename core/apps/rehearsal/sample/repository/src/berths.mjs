/** Room that must stay around a boat, in metres. */
const clearance = { length: 0.5, beam: 0.3, depth: 0.3 };

/** Pontoon A loses this much at low water springs, in metres. */
const springTideLoss = { A: 0.2 };

/** The guest berths of the harbour. */
export const berths = [
  ...pontoon("A", 6, { length: 9, beam: 3.2, depth: 1.9, power: false }),
  ...pontoon("B", 8, { length: 12, beam: 4, depth: 2.4, power: true }),
  ...pontoon("C", 4, { length: 16, beam: 4.8, depth: 3.1, power: true }),
];

function pontoon(name, count, size) {
  return Array.from({ length: count }, (_, index) => ({ id: `${name}${index + 1}`, pontoon: name, ...size }));
}

/** Whether a boat fits into a berth; `springs` is true on days of spring tide. */
export function fits(berth, boat, springs = false) {
  const depth = berth.depth - (springs ? (springTideLoss[berth.pontoon] ?? 0) : 0);
  return (
    boat.length + clearance.length <= berth.length &&
    boat.beam + clearance.beam <= berth.beam &&
    boat.draught + clearance.depth <= depth &&
    (!boat.needsPower || berth.power)
  );
}

/** The smallest free berth that a boat fits into, or undefined. Small boats leave the large berths to large boats. */
export function findBerth(boat, taken, springs = false) {
  return berths
    .filter((berth) => !taken.has(berth.id) && fits(berth, boat, springs))
    .sort((one, other) => one.length - other.length || one.id.localeCompare(other.id))[0];
}
