const ROLES = ['clinician', 'radiographer', 'radiologist', 'admin'] as const;

/** The role, where a text is one. */
export function roleOf(text: string): (typeof ROLES)[number] | null {
  return ROLES.find((role) => role === text) ?? null;
}
