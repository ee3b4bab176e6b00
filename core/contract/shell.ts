import { z } from "zod";
import { topics } from "../domain/notification/preferences.ts";

/**
 * What crosses between the desktop's shell and its two neighbours. The shell shows and restarts; it knows nothing of stages, runs or decisions, and what it is told is enough to
 * draw a count, to show a notification and to open an address of the window.
 */

/** Origin of the window's page inside of the desktop. No site can have it: only the shell's own protocol serves it. */
export const shellOrigin = "app://signalbox";

/** What the window and its shell speak. */
export const languages = ["en", "ru"] as const;
export type Language = (typeof languages)[number];

/** An address inside of the window: what stands behind the `#`. */
export const place = z
  .string()
  .regex(/^\/(?!\/)[\w\-./?=&%]*$/u, "a place begins with one / and holds no other address")
  .max(500);

/** Where the window reaches its host, and what lets it in. */
export const hostEndpoint = z.object({
  url: z.string().regex(/^ws:\/\/127\.0\.0\.1:\d{1,5}(?:\/\w*)?$/u, "a host listens on loopback"),
  token: z.string().min(16).max(200),
});
export type HostEndpoint = z.infer<typeof hostEndpoint>;

/** What a notification is about; `catching-up`: what came in quiet hours. */
export const announcedTopic = z.enum([...topics, "catching-up"]);

/** What the host tells its shell, in the order in which it happens. */
export const hostNotice = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready"), endpoint: hostEndpoint }),
  /** It cannot begin; another attempt would end the same way until the owner did what the remedy says. */
  z.object({ type: z.literal("failed"), message: z.string().max(2_000), remedy: z.string().max(2_000).optional() }),
  /** Requests that wait for the owner, whenever their number changed. */
  z.object({ type: z.literal("waiting"), count: z.int().min(0) }),
  /** Runs in which an agent is at work, whenever their number changed. */
  z.object({ type: z.literal("working"), count: z.int().min(0) }),
  /** Something that the owner wants to be told of: the first of `count`, and where the window shows it. `needs-you` rings, `information` does not. */
  z.object({
    type: z.literal("announce"),
    urgency: z.enum(["needs-you", "information"]),
    topic: announcedTopic,
    count: z.int().min(1),
    summary: z.string().max(1_000),
    place,
  }),
]);
export type HostNotice = z.infer<typeof hostNotice>;

const questionId = z.string().regex(/^[\w-]{1,64}$/u);
const secretText = z.string().max(100_000);

/** What the host asks of its shell, which alone reaches the system's keyring. Each question is answered once, under its id. */
export const hostQuestion = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("seal"), id: questionId, secret: secretText }),
  z.strictObject({ type: z.literal("unseal"), id: questionId, sealed: secretText }),
]);
export type HostQuestion = z.infer<typeof hostQuestion>;

/** The shell's answer: the sealed or the opened text, or why not, and what to do. */
export const hostAnswer = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("sealing"), id: questionId, text: secretText }),
  z.strictObject({ type: z.literal("no-sealing"), id: questionId, message: z.string().max(2_000), remedy: z.string().max(2_000) }),
]);
export type HostAnswer = z.infer<typeof hostAnswer>;

/** What the window may ask of its shell, through the one function that it has. */
export const shellRequest = z.discriminatedUnion("type", [
  /** Where the host is: answers when there is one, with how it failed when it did. */
  z.strictObject({ type: z.literal("find-host") }),
  /** Tries again to start a host that could not begin. */
  z.strictObject({ type: z.literal("start-host") }),
  /** Puts menus and notifications into the language of the window. */
  z.strictObject({ type: z.literal("speak"), language: z.enum(languages) }),
  /** How the application's updates are: answers as soon as that is not what the window `knows` any more, at once when it knows nothing yet. */
  z.strictObject({ type: z.literal("updates"), knows: z.int().min(0) }),
  /** Looks for an update now. */
  z.strictObject({ type: z.literal("check-updates") }),
  /** The owner wants the update that is ready; nothing happens while a run works. */
  z.strictObject({ type: z.literal("install-update") }),
]);
export type ShellRequest = z.infer<typeof shellRequest>;

const hostThere = z.object({ type: z.literal("host"), endpoint: hostEndpoint });
const noHost = z.object({ type: z.literal("no-host"), message: z.string(), remedy: z.string().optional() });
export type HostReply = z.infer<typeof hostThere> | z.infer<typeof noHost>;

const portId = z.int().min(1);

/** Answer to `find-host`: where the host listens, or under which number a port to it comes as a {@link pageNotice}, or why there is none. */
export const shellReply = z.discriminatedUnion("type", [hostThere, z.object({ type: z.literal("port"), id: portId }), noHost]);
export type ShellReply = z.infer<typeof shellReply>;

/** What the shell says to its page without being asked. The first brings a port along, on which the host greets; the second ends every port that came before. */
export const pageNotice = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("signalbox.port"), id: portId }),
  z.strictObject({ type: z.literal("signalbox.host-left") }),
]);
export type PageNotice = z.infer<typeof pageNotice>;

/** What the shell sends to its host, with the port of a window that wants to speak with it. */
export const portOffer = z.strictObject({ type: z.literal("surface") });
export type PortOffer = z.infer<typeof portOffer>;

/** First message of a host on a port: it answers from now on. */
export const portGreeting = "signalbox";

/** Why an application is not updated by itself: it runs from a checkout, was packaged without a feed, or was not put where it lies by an installer. */
export const updatesOff = z.enum(["not-installed", "no-feed", "no-installer"]);

/** How the application's updates are. */
export const updateCourse = z.discriminatedUnion("phase", [
  z.object({ phase: z.literal("off"), why: updatesOff }),
  z.object({ phase: z.literal("idle"), checkedAt: z.number().optional(), failure: z.string().max(1_000).optional() }),
  z.object({ phase: z.literal("checking") }),
  z.object({ phase: z.literal("downloading"), version: z.string().max(100), percent: z.number().min(0).max(100) }),
  z.object({ phase: z.literal("ready"), version: z.string().max(100), isAsked: z.boolean() }),
  z.object({ phase: z.literal("installing"), version: z.string().max(100) }),
]);
export type UpdateCourse = z.infer<typeof updateCourse>;

/** Answer to `updates`. */
export const updatesReply = z.object({ type: z.literal("updates"), course: updateCourse, working: z.int().min(0), revision: z.int().min(1) });
export type UpdatesReply = z.infer<typeof updatesReply>;
