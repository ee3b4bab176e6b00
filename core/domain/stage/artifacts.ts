/** What people call a document type; the keys are all types that a stage leaves behind. */
const titles: Readonly<Record<string, string>> = {
  problem: "Problem statement",
  personas: "Personas",
  scope_mvp: "MVP scope",
  constraints: "Constraints",
  brief: "Brief",
  risks_register: "Risk register",
  open_questions: "Open questions",
  project_charter: "Project charter",
  success_metrics: "Success metrics",
  prd: "Product requirements",
  nfr: "Non-functional requirements",
  user_story: "User story",
  c4_context: "System context",
  c4_container: "Containers",
  adr: "Architecture decision record",
  alternatives: "Architecture alternatives",
  design_doc: "Design",
  api_contract: "API contract",
  data_model: "Data model",
  migrations_policy: "Migrations policy",
  sequences: "Sequences",
  test_design: "Test design",
  delivery_plan: "Delivery plan",
  epic: "Epic",
  definition_of_done: "Definition of done",
  roadmap: "Roadmap slice",
  implementation_notes: "Implementation notes",
  doc_audit_report: "Documentation audit",
  test_strategy: "Test strategy",
  test_plan: "Test plan",
  test_matrix: "Test matrix",
  regression_checklist: "Regression checklist",
  test_evidence: "Test evidence",
  release_plan: "Release plan",
  release_notes: "Release notes",
  rollback_plan: "Rollback plan",
  postdeploy_review: "Post-deploy review",
  incident_postmortem: "Incident postmortem",
  runbook: "Runbook",
  slo: "Service level objectives",
  alerts: "Alerts",
  monitoring: "Monitoring",
  incident_playbook: "Incident playbook",
  rethink_decision: "Rethink decision",
  run_diagnosis: "Run diagnosis",
  incident_handover: "Incident handover",
};

/** All document types that have a title, and so a template. */
export const artifactTypes: readonly string[] = Object.keys(titles);

/** What people call a document type: `scope_mvp` is "Scope of the first version". A type that we do not know is spelled out. */
export function artifactTitle(type: string): string {
  return Object.hasOwn(titles, type) ? (titles[type] ?? type) : type.replaceAll("_", " ");
}
