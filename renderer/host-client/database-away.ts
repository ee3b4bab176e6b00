import { useQuery } from "@tanstack/react-query";
import { useHostQueries } from "./host-context.tsx";

/** That the database behind the host does not answer, so that what is shown is from before. */
export interface DatabaseAway {
  /** When it was last read; absent when this machine has never read it. */
  readonly since: number | undefined;
  readonly detail: string;
}

/** Undefined while the database is there, and while nothing is known of it. */
export function useDatabaseAway(): DatabaseAway | undefined {
  const { data } = useQuery(useHostQueries().connection.watch.experimental_liveOptions());
  if (data === undefined || data.database.state === "live") return undefined;
  return { since: data.database.since, detail: data.database.detail };
}
