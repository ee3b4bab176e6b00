import { Button, TextInput } from "@mantine/core";
import { IconCheck, IconGitBranch } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import style from "./settings.module.css";

/** The repositories that the host looks after, and the way to another one. */
export function ProjectsSection(): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const mode = useQuery(queries.connection.watch.experimental_liveOptions()).data?.mode;
  return (
    <>
      <h2 className={style["title"]}>{say("settings.projects")}</h2>
      <p className={style["lead"]}>{say("settings.projects.lead")}</p>
      <Projects isLocal={mode === "rehearsal"} />
      {mode === "rehearsal" ? <AddLocal /> : undefined}
      {mode === "server" ? <p className={style["note"]}>{say("settings.projects.server")}</p> : undefined}
    </>
  );
}

function Projects({ isLocal }: { readonly isLocal: boolean }): ReactElement {
  const { say } = useSpeech();
  const { data, failureReason } = useQuery(useHostQueries().projects.list.queryOptions());
  if (!data) return failureReason ? <Failure error={failureReason} /> : <p className={style["note"]}>{say("state.loading")}</p>;
  if (data.length === 0) {
    return (
      <p className={style["none"]}>
        <strong>{say("settings.projects.empty.title")}</strong>
        {say(isLocal ? "settings.projects.empty.local" : "settings.projects.empty.server")}
      </p>
    );
  }
  return (
    <ul className={style["rows"]}>
      {data.map(({ repository, defaultBranch, sample }) => (
        <li key={repository} className={style["row"]}>
          <span className={style["rowMain"]}>
            <span className={style["rowTitle"]}>
              <Foreign>{repository}</Foreign>
              {sample ? <span className={style["mark"]}>{say("settings.projects.sample")}</span> : undefined}
            </span>
            <span className={style["rowText"]}>
              <IconGitBranch size={14} aria-hidden /> <Foreign>{say("settings.projects.branch", { name: defaultBranch })}</Foreign>
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function AddLocal(): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const cache = useQueryClient();
  const [path, setPath] = useState("");
  const add = useMutation({
    ...queries.projects.addLocal.mutationOptions(),
    onSuccess: async () => {
      setPath("");
      await cache.invalidateQueries({ queryKey: queries.projects.list.queryKey() });
    },
  });
  return (
    <section className={style["part"]}>
      <h3>{say("settings.projects.add")}</h3>
      <p className={style["note"]}>{say("settings.projects.addLead")}</p>
      <form
        className={style["inline"]}
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate({ path: path.trim() });
        }}
      >
        <TextInput
          className={style["grow"]}
          label={say("settings.projects.path")}
          placeholder="/home/olga/shop"
          value={path}
          onChange={(event) => setPath(event.currentTarget.value)}
          spellCheck={false}
          maxLength={4_096}
        />
        <Button type="submit" disabled={path.trim() === ""} loading={add.isPending}>
          {say("settings.projects.addButton")}
        </Button>
      </form>
      <Failure error={add.error} />
      <p role="status" className={style["good"]}>
        {add.data ? (
          <>
            <IconCheck size={16} aria-hidden /> <Foreign>{say("settings.projects.added", { name: add.data.repository })}</Foreign>
          </>
        ) : undefined}
      </p>
    </section>
  );
}
