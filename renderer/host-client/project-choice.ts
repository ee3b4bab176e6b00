import { useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useHostQueries } from "./host-context.tsx";

interface ProjectChoice {
  /** The repository whose things are shown; undefined: those of all. */
  readonly project: string | undefined;
  readonly choose: (project: string | undefined) => void;
  /** All that there are. */
  readonly projects: readonly string[];
}

const every = "";
const none: readonly string[] = [];

/** The project that the whole window is about. It is kept on this machine; one that is there no more is not missed. */
export function useProjectChoice(): ProjectChoice {
  const projects = useQuery(useHostQueries().connection.watch.experimental_liveOptions()).data?.repositories ?? none;
  const [kept, keep] = useLocalStorage({ key: "signalbox.project", defaultValue: every, getInitialValueInEffect: false });
  return { project: projects.includes(kept) ? kept : undefined, choose: (project) => keep(project ?? every), projects };
}
