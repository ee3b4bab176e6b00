import { expect, it } from "vitest";
import { sampleCard } from "../../../testing/command-context.ts";
import { callsOwner, needsOwner } from "./needs-owner.ts";

const nothing = { putOff: new Set<string>() };

it("asks the owner for an edit of their own, and calls them away for somebody else's only", () => {
  const own = sampleCard({ ownEdit: true });

  expect([needsOwner(nothing, own), callsOwner(nothing, own)]).toEqual([true, false]);
  expect([needsOwner(nothing, sampleCard()), callsOwner(nothing, sampleCard())]).toEqual([true, true]);
});

it("neither asks nor calls for what was put off here or snoozed anywhere", () => {
  expect([needsOwner, callsOwner].map((asks) => asks({ putOff: new Set([sampleCard().id]) }, sampleCard()))).toEqual([false, false]);
  expect([needsOwner, callsOwner].map((asks) => asks(nothing, sampleCard({ snoozedUntil: 5 })))).toEqual([false, false]);
});
