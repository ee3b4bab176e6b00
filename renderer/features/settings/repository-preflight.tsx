import { Button, Kbd } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { CheckRows } from "./check-rows.tsx";
import own from "./projects.module.css";
import style from "./settings.module.css";

/** Whether a repository has all that Signalbox needs of it, and what to do where not. */
export function RepositoryPreflight({ repository }: { readonly repository: string }): ReactElement {
  const { say } = useSpeech();
  const checks = useQuery({ ...useHostQueries().projects.preflight.queryOptions({ input: { repository } }), staleTime: 60_000 });
  const again = (): void => void checks.refetch();
  useScreenKeys([{ key: "r", what: say("settings.key.again"), act: again }]);
  return (
    <>
      <div className={own["bar"]}>
        <p>{say("settings.preflight.lead")}</p>
        <Button variant="default" size="xs" loading={checks.isFetching} onClick={again} rightSection={<Kbd size="xs">r</Kbd>}>
          {say("settings.checks.again")}
        </Button>
      </div>
      <CheckRows checks={checks} />
      <p className={own["links"]}>
        {(["people", "labels"] as const).map((section) => (
          <Link key={section} to="/settings/{-$section}" params={{ section }} search={{ repository }} className={style["link"]}>
            {say(`settings.preflight.${section}`)}
          </Link>
        ))}
      </p>
    </>
  );
}
