import { Button, Kbd } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { CheckRows } from "./check-rows.tsx";
import style from "./settings.module.css";

/** The doctor: what was tried, what came back, and what to do about it. */
export function ChecksSection(): ReactElement {
  const { say } = useSpeech();
  const checks = useQuery({ ...useHostQueries().connection.doctor.queryOptions(), staleTime: 60_000 });
  const again = (): void => void checks.refetch();
  useScreenKeys([{ key: "r", what: say("settings.key.again"), act: again }]);
  return (
    <>
      <div className={style["titleRow"]}>
        <h2 className={style["title"]}>{say("settings.checks")}</h2>
        <Button variant="default" size="xs" loading={checks.isFetching} onClick={again} rightSection={<Kbd size="xs">r</Kbd>}>
          {say("settings.checks.again")}
        </Button>
      </div>
      <p className={style["lead"]}>{say("settings.checks.lead")}</p>
      <CheckRows checks={checks} />
    </>
  );
}
