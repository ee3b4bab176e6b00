import { useThrottledCallback } from "@mantine/hooks";
import { skipToken, useMutation, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import type { HostClient } from "../../host-client/connect.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useRuns } from "../../host-client/live-list.ts";
import { unlessRefused } from "../../host-client/unless-refused.ts";
import { relatedPulls } from "./front-matter-fields.ts";
import { viewedMarks, viewedState, type ViewedMarks } from "./viewed.ts";

type Documents = HostClient["documents"];
export type DocumentRow = Awaited<ReturnType<Documents["list"]>>[number];
export type ReadDocument = Awaited<ReturnType<Documents["read"]>>;
export type DocumentHistory = Awaited<ReturnType<Documents["history"]>>;
export type DocumentTrace = Awaited<ReturnType<Documents["trace"]>>;
export type ReviewThread = Awaited<ReturnType<Documents["reviewThreads"]>>[number];

const calm = 1_000;
/** It is about the whole repository, and a moment late is soon enough. */
const calmTrace = 5_000;

/** Has the documents read again when something happened, at most once a second. */
export function useFreshDocuments(): void {
  const queries = useHostQueries();
  const client = useQueryClient();
  const { data, dataUpdatedAt } = useQuery(queries.audit.follow.experimental_liveOptions({ input: {} }));
  const refresh = useThrottledCallback(() => {
    void client.invalidateQueries({ queryKey: queries.documents.list.key() });
    void client.invalidateQueries({ queryKey: queries.documents.docset.key() });
  }, calm);
  const refreshTrace = useThrottledCallback(() => void client.invalidateQueries({ queryKey: queries.documents.trace.key() }), calmTrace);
  const happened = (data?.length ?? 0) > 0;
  useEffect(() => {
    if (!happened) return;
    refresh();
    refreshTrace();
  }, [dataUpdatedAt, happened, refresh, refreshTrace]);
}

/** Every indexed document of a repository. */
export function useDocuments(repository: string | undefined): UseQueryResult<DocumentRow[]> {
  const queries = useHostQueries();
  return useQuery(queries.documents.list.queryOptions({ input: repository === undefined ? skipToken : { repository } }));
}

/** The pull requests of a repository with their documents, and its releases. */
export function useTrace(repository: string | undefined): UseQueryResult<DocumentTrace> {
  const queries = useHostQueries();
  return useQuery(queries.documents.trace.queryOptions({ input: repository === undefined ? skipToken : { repository }, retry: unlessRefused }));
}

/** The versions of a document. They are asked for again when the index has another one. */
export function useHistory(repository: string, { path, hash }: { readonly path: string; readonly hash: string }): UseQueryResult<DocumentHistory> {
  const queries = useHostQueries();
  const query = useQuery(queries.documents.history.queryOptions({ input: { repository, path }, retry: unlessRefused }));
  const { refetch } = query;
  const known = useRef(hash);
  useEffect(() => {
    if (known.current !== hash) void refetch();
    known.current = hash;
  }, [hash, refetch]);
  return query;
}

/** What a document said as of a commit, which never changes; nothing while no commit is given. */
export function useVersion(repository: string, path: string, commit: string | undefined): UseQueryResult<{ readonly text: string }> {
  const queries = useHostQueries();
  const input = commit === undefined ? skipToken : { repository, path, commit };
  return useQuery(queries.documents.version.queryOptions({ input, retry: unlessRefused, staleTime: Infinity }));
}

/** One document's text. It is read again when the index has another version of it. */
export function useDocument(repository: string, { path, hash }: { readonly path: string; readonly hash: string }): UseQueryResult<ReadDocument> {
  const queries = useHostQueries();
  const query = useQuery(queries.documents.read.queryOptions({ input: { repository, path }, retry: unlessRefused }));
  const { refetch } = query;
  const read = query.data?.document.hash;
  useEffect(() => {
    if (read !== undefined && read !== hash) void refetch();
  }, [read, hash, refetch]);
  return query;
}

/** The pull request that a document is reviewed in: that of the run on its branch, or the last one that it names itself. */
export function usePull(repository: string, issue: number | undefined, read: ReadDocument | undefined): number | undefined {
  const runs = useRuns(issue === undefined ? undefined : { repository, issue });
  if (read === undefined) return undefined;
  return runs.data?.rows.find((run) => run.branch === read.document.branch && run.pull !== undefined)?.pull ?? relatedPulls(read.frontMatter).at(-1);
}

/** The review threads of a pull request that are about one document. They are asked for again with each new version of it. */
export function useThreads(
  repository: string,
  pull: number | undefined,
  { path, hash }: { readonly path: string; readonly hash: string },
): UseQueryResult<ReviewThread[]> {
  const queries = useHostQueries();
  const options = queries.documents.reviewThreads.queryOptions({ input: pull === undefined ? skipToken : { repository, pull }, retry: unlessRefused });
  const query = useQuery({ ...options, select: (threads) => threads.filter((thread) => thread.path === path) });
  const { refetch } = query;
  const known = useRef(hash);
  useEffect(() => {
    if (known.current !== hash && pull !== undefined) void refetch();
    known.current = hash;
  }, [hash, pull, refetch]);
  return query;
}

/** What was viewed, kept on this machine and shared by its windows, and what marks or unmarks a version. */
export function useViewedMarks(): { readonly marks: ViewedMarks; readonly mark: (repository: string, document: Pick<DocumentRow, "path" | "hash">) => void } {
  const queries = useHostQueries();
  const cache = useQueryClient();
  const kept = useQuery(queries.drafts.viewed.queryOptions());
  const change = useMutation({
    ...queries.drafts.markViewed.mutationOptions(),
    onSettled: () => cache.invalidateQueries({ queryKey: queries.drafts.viewed.key() }),
  });
  const marks = useMemo(() => viewedMarks(kept.data ?? []), [kept.data]);
  return {
    marks,
    mark: (repository, { path, hash }) => change.mutate({ repository, path, hash, viewed: viewedState(marks, repository, { path, hash }) !== "viewed" }),
  };
}

/** The owner's drafts of comments on one document. */
export function useCommentDrafts(repository: string, path: string): readonly CommentDraft[] {
  const drafts = useQuery(useHostQueries().drafts.watch.experimental_liveOptions());
  return useMemo(
    () =>
      (drafts.data?.drafts ?? []).flatMap(({ id, repository: place, intent, state }) => {
        if (intent.type !== "comment" || place !== repository || intent.path !== path || closedPhases.includes(state.phase)) return [];
        return [{ id, line: state.phase === "valid" ? (state.line ?? intent.line) : intent.line, body: intent.body, isStale: state.phase === "stale" }];
      }),
    [drafts.data, repository, path],
  );
}

const closedPhases: readonly string[] = ["sent", "refused", "discarded"];

export interface CommentDraft {
  readonly id: string;
  readonly line: number;
  readonly body: string;
  readonly isStale: boolean;
}
