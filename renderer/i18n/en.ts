import { auditEn } from "./texts/audit.ts";
import { boardEn } from "./texts/board.ts";
import { checksEn } from "./texts/checks.ts";
import { docsEn } from "./texts/docs.ts";
import { draftsEn } from "./texts/drafts.ts";
import { firstMinutesEn } from "./texts/first-minutes.ts";
import { endingsEn } from "./texts/endings.ts";
import { foreignEn } from "./texts/foreign.ts";
import { holdsEn } from "./texts/holds.ts";
import { inboxEn } from "./texts/inbox.ts";
import { knowledgeEn } from "./texts/knowledge.ts";
import { labelsEn } from "./texts/labels.ts";
import { modelsEn } from "./texts/models.ts";
import { notificationsEn } from "./texts/notifications.ts";
import { ownServerEn } from "./texts/own-server.ts";
import { peopleEn } from "./texts/people.ts";
import { matrixEn } from "./texts/matrix.ts";
import { rulesEn } from "./texts/rules.ts";
import { runsEn } from "./texts/runs.ts";
import { settingsEn } from "./texts/settings.ts";

/** Every text of the window, in English. A text without its translation does not compile. */
export const en = {
  "shell.inbox": "Inbox",
  "shell.board": "Board",
  "shell.runs": "Runs",
  "shell.docs": "Docs",
  "shell.knowledge": "Knowledge",
  "shell.audit": "Audit",
  "shell.settings": "Settings",
  "shell.main": "Main navigation",
  "shell.working": "Runs at work",
  "shell.project": "Project",
  "shell.everyProject": "All projects",
  "shell.search": "Search or jump to…",
  "shell.goTo": "Go to",
  "shell.here": "On this screen",
  "shell.issues": "Issues",
  "shell.nothingFound": "Nothing is called so. ? lists what this screen can do.",
  "shell.skip": "Skip to the content",
  "shell.keys": "Keys",
  "shell.close": "Close",
  "shell.forge": "GitHub",
  "shell.database": "Database",
  "shell.cluster": "Cluster",
  "shell.rehearsal": "Rehearsal",
  "shell.link.live": "live",
  "shell.link.stale": "stale since {when}",
  "shell.link.offline": "offline",
  "shell.failed": "The workspace cannot be opened.",
  "shell.startAgain": "Try again",
  "shell.lost": "The host does not answer since {when}. What you see is from then; it goes on by itself.",
  "fault.screen": "This screen has failed",
  "fault.screen.remedy": "Nothing is lost: it only shows what the host knows. The other screens go on.",
  "fault.screen.again": "Show it again",
  "failure.away": "The host does not answer",
  "failure.away.remedy": "Try again as soon as it is back. If this had reached it, you will see so then.",
  "copy.copy": "Copy",
  "copy.copied": "Copied",
  "state.loading": "Loading…",
  "state.asOf": "as of {when}",
  "time.now": "now",
  "time.minutes": "{n} min",
  "time.hours": "{n} h",
  "time.days": "{n} d",
  "markdown.image": "image, not loaded: {name}",
  "risk.low": "low",
  "risk.medium": "medium",
  "risk.high": "high",
  ...firstMinutesEn,
  ...endingsEn,
  ...foreignEn,
  ...holdsEn,
  ...inboxEn,
  ...boardEn,
  ...checksEn,
  ...notificationsEn,
  ...runsEn,
  ...docsEn,
  ...draftsEn,
  ...knowledgeEn,
  ...auditEn,
  ...settingsEn,
  ...ownServerEn,
  ...labelsEn,
  ...peopleEn,
  ...modelsEn,
  ...rulesEn,
  ...matrixEn,
} as const;

export type Text = keyof typeof en;
export type Texts = Readonly<Record<Text, string>>;
