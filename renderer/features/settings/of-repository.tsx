import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import own from "./limits.module.css";
import style from "./settings.module.css";
import type { SectionName } from "./settings-sections.ts";

interface OfRepositoryProps {
  readonly section: SectionName;
  readonly children: (repository: string) => ReactElement;
}

/** What is said of one repository at a time. Which one is chosen stands in the address; the first one where none is. */
export function OfRepository({ section, children }: OfRepositoryProps): ReactElement {
  const { say } = useSpeech();
  const navigate = useNavigate();
  const named = useSearch({ from: "/settings/{-$section}" }).repository;
  const { data, failureReason } = useQuery(useHostQueries().projects.list.queryOptions());
  if (!data) return failureReason ? <Failure error={failureReason} /> : <p className={style["note"]}>{say("state.loading")}</p>;
  const repository = data.find((project) => project.repository === named)?.repository ?? data[0]?.repository;
  if (repository === undefined) return <p className={style["note"]}>{say("settings.projects.empty.title")}</p>;
  return (
    <>
      <NativeSelect
        size="xs"
        className={own["where"]}
        label={say("board.repository")}
        value={repository}
        onChange={({ currentTarget }) =>
          void navigate({ to: "/settings/{-$section}", params: { section }, search: { repository: currentTarget.value }, replace: true })
        }
        data={data.map((project) => project.repository)}
      />
      {children(repository)}
    </>
  );
}
