import { IconGitMerge, IconGitPullRequest, IconGitPullRequestClosed } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Text } from "../../i18n/en.ts";
import style from "./docs.module.css";
import type { TracedPull } from "./trace-matrix.ts";

const shapes = { open: IconGitPullRequest, merged: IconGitMerge, closed: IconGitPullRequestClosed, unknown: IconGitPullRequest } as const;

/** The shape of a pull request's state, in its colour. The word stands beside it, or in the name of what it stands in. */
export function PullShape({ state: known }: Pick<TracedPull, "state">): ReactElement {
  const state = known ?? "unknown";
  const Shape = shapes[state];
  return <Shape className={style["state"]} data-state={`pull-${state}`} size={13} stroke={2} aria-hidden />;
}

export function pullStateText({ state }: Pick<TracedPull, "state">): Text {
  return `docs.pull.${state ?? "unknown"}`;
}
