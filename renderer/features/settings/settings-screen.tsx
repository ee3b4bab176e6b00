import { Link, useNavigate, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/language.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { AboutSection } from "./about-section.tsx";
import { AppearanceSection } from "./appearance-section.tsx";
import { BudgetsSection } from "./budgets-section.tsx";
import { ChecksSection } from "./checks-section.tsx";
import { KeysSection } from "./keys-section.tsx";
import { LabelsSection } from "./labels-section.tsx";
import { LimitsSection } from "./limits-section.tsx";
import { ModelsSection } from "./models-section.tsx";
import { NotificationsSection } from "./notifications-section.tsx";
import { OwnServerSection } from "./own-server/own-server-section.tsx";
import { PeopleSection } from "./people-section.tsx";
import { ProjectsSection } from "./projects-section.tsx";
import { RulesSection } from "./rules-section.tsx";
import { sectionBeside, sectionOf, sections, type SectionName } from "./settings-sections.ts";
import style from "./settings.module.css";

const contents: Readonly<Record<SectionName, () => ReactElement>> = {
  projects: ProjectsSection,
  server: OwnServerSection,
  people: PeopleSection,
  labels: LabelsSection,
  models: ModelsSection,
  budgets: BudgetsSection,
  limits: LimitsSection,
  notifications: NotificationsSection,
  rules: RulesSection,
  appearance: AppearanceSection,
  checks: ChecksSection,
  keys: KeysSection,
  about: AboutSection,
};

/** What the owner chooses, and how the host is. */
export function SettingsScreen(): ReactElement {
  const { say } = useSpeech();
  const navigate = useNavigate();
  const section = sectionOf(useParams({ from: "/settings/{-$section}" }).section);
  const step = (by: 1 | -1): void => void navigate({ to: "/settings/{-$section}", params: { section: sectionBeside(section, by) } });
  useScreenKeys([
    { key: "j", what: say("settings.key.next"), act: () => step(1) },
    { key: "k", what: say("settings.key.previous"), act: () => step(-1) },
  ]);
  const Content = contents[section];
  return (
    <div className={style["screen"]}>
      <nav className={style["list"]} aria-label={say("settings.sections")}>
        <h1>{say("settings.title")}</h1>
        {sections.map((name) => (
          <Link
            key={name}
            to="/settings/{-$section}"
            params={{ section: name }}
            className={style["entry"]}
            aria-current={name === section ? "page" : undefined}
          >
            {say(`settings.${name}`)}
          </Link>
        ))}
      </nav>
      <div className={style["scroll"]}>
        <div className={style["content"]}>
          <Content />
        </div>
      </div>
    </div>
  );
}
