import { Kbd, useMantineColorScheme } from "@mantine/core";
import { Spotlight, type SpotlightActionData } from "@mantine/spotlight";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState, type ReactElement } from "react";
import { languages } from "../../core/contract/shell.ts";
import { revealHidden } from "../../core/domain/kernel/hidden-characters.ts";
import { sections } from "../features/settings/settings-sections.ts";
import { useBoard, useInbox } from "../host-client/live-list.ts";
import { useProjectChoice } from "../host-client/project-choice.ts";
import { languageNames, useSpeech } from "../i18n/language.tsx";
import { useScreenActions } from "../ui/keys.tsx";
import { colorSchemes } from "../ui/color-schemes.ts";
import style from "./palette.module.css";
import { places } from "./places.ts";

interface Group {
  readonly group: string;
  readonly actions: SpotlightActionData[];
}

/** So many are shown of what fits. */
const most = 40;

/** Everything that can be gone to or done, by its name: the screens, what the shown one can do, how the window looks and speaks, what waits, and every issue. */
export function Palette(): ReactElement {
  const { say } = useSpeech();
  const [query, setQuery] = useState("");
  // What is done may take the focus, which the palette gives back when it has gone.
  const chosen = useRef<() => void>(undefined);
  const groups = [
    usePlaces(),
    useHere((act) => (chosen.current = act)),
    useProjects(),
    useSettings(query),
    useAppearance(),
    useWaiting(query),
    useIssues(query),
  ];
  const onExited = (): void => {
    chosen.current?.();
    chosen.current = undefined;
  };
  return (
    <Spotlight
      actions={groups.filter(({ actions }) => actions.length > 0)}
      shortcut="mod + K"
      tagsToIgnore={[]}
      query={query}
      onQueryChange={setQuery}
      limit={most}
      highlightQuery
      scrollable
      maxHeight={420}
      nothingFound={say("shell.nothingFound")}
      searchProps={{ placeholder: say("shell.search"), "aria-label": say("shell.search") }}
      classNames={{ actionsGroup: style["group"] ?? "", action: style["action"] ?? "" }}
      attributes={{ content: { "aria-label": say("shell.search") } }}
      transitionProps={{ transition: "pop", duration: 120, onExited }}
    />
  );
}

function usePlaces(): Group {
  const { say } = useSpeech();
  const navigate = useNavigate();
  return {
    group: say("shell.goTo"),
    actions: places.map(({ to, text, icon: Icon }) => ({
      id: to,
      label: say(text),
      leftSection: <Icon size={16} stroke={1.7} />,
      onClick: () => void navigate({ to, params: {} }),
    })),
  };
}

/** The sections of the settings, once something is looked for. */
function useSettings(query: string): Group {
  const { say } = useSpeech();
  const navigate = useNavigate();
  const sought = query.trim() === "" ? [] : sections;
  return {
    group: say("shell.settings"),
    actions: sought.map((section) => ({
      id: `settings ${section}`,
      label: `${say("shell.settings")}: ${say(`settings.${section}`)}`,
      onClick: () => void navigate({ to: "/settings/{-$section}", params: { section } }),
    })),
  };
}

function useHere(choose: (act: () => void) => void): Group {
  const { say } = useSpeech();
  return {
    group: say("shell.here"),
    actions: useScreenActions().flatMap(({ what, keys, act }) => {
      const spelled = keys.map((key) => (
        <Kbd key={key} size="xs" ml={4}>
          {key}
        </Kbd>
      ));
      return act ? [{ id: what, label: what, rightSection: spelled, onClick: () => choose(act) }] : [];
    }),
  };
}

function useProjects(): Group {
  const { say } = useSpeech();
  const { choose, projects } = useProjectChoice();
  const wanted = projects.length < 2 ? [] : [undefined, ...projects];
  return {
    group: say("shell.project"),
    actions: wanted.map((project) => ({
      id: `project ${project ?? ""}`,
      label: project === undefined ? say("shell.everyProject") : `${say("shell.project")}: ${revealHidden(project)}`,
      onClick: () => choose(project),
    })),
  };
}

function useAppearance(): Group {
  const { say, choose } = useSpeech();
  const { setColorScheme } = useMantineColorScheme();
  const themes = colorSchemes.map((scheme) => ({
    id: `theme ${scheme}`,
    label: `${say("settings.appearance.theme")}: ${say(`settings.appearance.${scheme}`)}`,
    onClick: () => setColorScheme(scheme),
  }));
  const tongues = languages.map((language) => ({
    id: `language ${language}`,
    label: `${say("settings.appearance.language")}: ${languageNames[language]}`,
    onClick: () => choose(language),
  }));
  return { group: say("settings.appearance"), actions: [...themes, ...tongues] };
}

/** Rows among whose names one has the query in it: no more than are shown, for there may be thousands. Without a query none is looked for. */
function named<Row>(rows: readonly Row[] | undefined, query: string, namesOf: (row: Row) => readonly string[]): readonly Row[] {
  const wanted = query.trim().toLowerCase();
  const found: Row[] = [];
  for (const row of wanted === "" ? [] : (rows ?? [])) {
    if (found.length === most) break;
    if (namesOf(row).some((name) => name.toLowerCase().includes(wanted))) found.push(row);
  }
  return found;
}

/** What waits for the owner, once something is looked for. */
function useWaiting(query: string): Group {
  const { say } = useSpeech();
  const navigate = useNavigate();
  const waiting = useInbox();
  const items = named(waiting.data?.rows, query, ({ summary, repository, issue }) => [summary, `${repository}#${issue}`]);
  return {
    group: say("shell.inbox"),
    actions: items.map(({ id, summary, repository, issue }) => ({
      id: `request ${id}`,
      label: revealHidden(summary),
      description: `${repository}#${issue}`,
      onClick: () => void navigate({ to: "/inbox/{-$id}", params: { id } }),
    })),
  };
}

/** Every issue, once something is looked for; it opens with its run, or else stands on the board. */
function useIssues(query: string): Group {
  const { say } = useSpeech();
  const navigate = useNavigate();
  const board = useBoard({ enabled: query !== "" });
  const cards = named(board.data?.rows, query, ({ issue, title, repository }) => [`#${issue} ${title}`, repository]);
  return {
    group: say("shell.issues"),
    actions: cards.map(({ repository, issue, title, runId }) => ({
      id: `issue ${repository}#${issue}`,
      label: `#${issue} ${revealHidden(title)}`,
      description: repository,
      onClick: () => void (runId === undefined ? navigate({ to: "/board" }) : navigate({ to: "/runs/{-$id}", params: { id: runId } })),
    })),
  };
}
