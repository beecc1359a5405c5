import type { Page } from '@playwright/test';

import { expect, type Stage } from './stage';

interface Listed {
  items: { id: string; patient_name: string }[];
}

/** Return the page of the report on a patient's study (`Family^Given`), as soon as there is one. */
export async function reportPath(page: Page, stage: Stage, name: string): Promise<string> {
  const api = `${stage.address}/api/v1`;
  const { username, password } = stage;
  const login = await page.request.post(`${api}/auth/login`, { data: { username, password } });
  const { access_token: token } = (await login.json()) as { access_token: string };
  const headers = { Authorization: `Bearer ${token}` };
  let path = '';
  await expect(async () => {
    const answer = await page.request.get(`${api}/reports`, { headers });
    const found = ((await answer.json()) as Listed).items.find((row) => row.patient_name === name);
    expect(found).toBeDefined();
    path = `/reports/${found?.id}`;
  }).toPass();
  return path;
}
