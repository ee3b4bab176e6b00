import { createHashHistory, createRootRoute, createRoute, createRouter, Navigate } from "@tanstack/react-router";
import { AuditScreen } from "../features/audit/audit-screen.tsx";
import { auditSearch } from "../features/audit/audit-search.ts";
import { BoardScreen } from "../features/board/board-screen.tsx";
import { DocsScreen } from "../features/docs/docs-screen.tsx";
import { DraftsScreen } from "../features/drafts/drafts-screen.tsx";
import { InboxScreen } from "../features/inbox/inbox-screen.tsx";
import { KnowledgeScreen } from "../features/knowledge/knowledge-screen.tsx";
import { RunsScreen } from "../features/runs/runs-screen.tsx";
import { runsSearch } from "../features/runs/runs-search.ts";
import { SettingsScreen } from "../features/settings/settings-screen.tsx";
import { settingsSearch } from "../features/settings/settings-search.ts";
import { ScreenFault } from "./screen-fault.tsx";
import { Shell } from "./shell.tsx";

const root = createRootRoute({ component: Shell, notFoundComponent: () => <Navigate to="/inbox/{-$id}" params={{}} /> });
const home = createRoute({ getParentRoute: () => root, path: "/", component: () => <Navigate to="/inbox/{-$id}" params={{}} /> });

/** A screen, and the same screen with one thing opened: the detail is part of the address, so that it can be linked. */
const inbox = createRoute({ getParentRoute: () => root, path: "/inbox/{-$id}", component: InboxScreen });
const board = createRoute({ getParentRoute: () => root, path: "/board", component: BoardScreen });
const runs = createRoute({ getParentRoute: () => root, path: "/runs/{-$id}", component: RunsScreen, validateSearch: runsSearch });
const docs = createRoute({ getParentRoute: () => root, path: "/docs", component: DocsScreen, validateSearch: docsSearch });
const drafts = createRoute({ getParentRoute: () => root, path: "/drafts", component: DraftsScreen });
const knowledge = createRoute({ getParentRoute: () => root, path: "/knowledge", component: KnowledgeScreen });
const audit = createRoute({ getParentRoute: () => root, path: "/audit", component: AuditScreen, validateSearch: auditSearch });
const settings = createRoute({ getParentRoute: () => root, path: "/settings/{-$section}", component: SettingsScreen, validateSearch: settingsSearch });

export interface DocsSearch {
  readonly repository?: string | undefined;
  readonly issue?: number | undefined;
  /** In place of an issue. */
  readonly pull?: number | undefined;
  readonly path?: string | undefined;
}

function docsSearch(given: Record<string, unknown>): DocsSearch {
  const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
  const number = (value: unknown): number | undefined => (Number.isInteger(Number(value)) && Number(value) > 0 ? Number(value) : undefined);
  return { repository: text(given["repository"]), issue: number(given["issue"]), pull: number(given["pull"]), path: text(given["path"]) };
}

const tree = root.addChildren([home, inbox, board, runs, docs, drafts, knowledge, audit, settings]);

/** The address stands behind the `#`, because the page may be a file of the application. */
export const appRouter = createRouter({ routeTree: tree, history: createHashHistory(), defaultPreload: false, defaultErrorComponent: ScreenFault });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof appRouter;
  }
}
