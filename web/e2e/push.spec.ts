import type { BrowserContext, Page } from '@playwright/test';

import { expect, signIn, test, type Stage } from './stage';

const MESSAGE = {
  tag: '0197-a-notification',
  type: 'critical_result',
  page: '/notifications/settings',
  message: 'The report on a study that you sent must be read now.',
  at: '2026-01-14T09:30:00Z',
};

/** Have the page believe that this browser is told by: it then gives the service worker its words. */
async function beTold(page: Page, { address, username, password }: Stage): Promise<void> {
  await page.evaluate(
    async ([api, credentials]) => {
      const headers = { 'Content-Type': 'application/json' };
      const login = await fetch(`${api}/login`, { method: 'POST', headers, body: credentials });
      const { access_token: token } = (await login.json()) as { access_token: string };
      const me = await fetch(`${api}/me`, { headers: { Authorization: `Bearer ${token}` } });
      const { id: owner } = (await me.json()) as { id: string };
      localStorage.setItem('relaypacs-push', JSON.stringify({ owner, id: 'x' }));
    },
    [`${address}/api/v1/auth`, JSON.stringify({ username, password })] as const,
  );
  await page.reload();
  await expect.poll(() => page.evaluate(() => caches.has('relaypacs-push-words'))).toBe(true);
}

/** Deliver a message as a push service would, past the network that tests do not have. */
async function deliver(page: Page, context: BrowserContext, message: unknown): Promise<void> {
  const devtools = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find(({ scopeURL, isDeleted }) => {
        return !isDeleted && page.url().startsWith(scopeURL);
      });
      if (ours) resolve(ours.registrationId);
    });
  });
  await devtools.send('ServiceWorker.enable');
  await devtools.send('ServiceWorker.deliverPushMessage', {
    origin: new URL(page.url()).origin,
    registrationId: await registered,
    data: JSON.stringify(message),
  });
  await devtools.detach();
}

/** What the service worker shows. */
function shown(page: Page) {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const notifications = await registration.getNotifications();
    return notifications.map(({ title, body, lang, tag }) => ({ title, body, lang, tag }));
  });
}

async function tagsShown(page: Page): Promise<string[]> {
  return (await shown(page)).map(({ tag }) => tag);
}

test('a push message is shown in the language of the app, once, and leads to its page', async ({
  page,
  context,
  stage,
  browserName,
}) => {
  test.skip(browserName !== 'chromium', 'only its developer tools deliver push messages');
  await context.grantPermissions(['notifications'], { origin: stage.address });
  await signIn(page, stage);
  await page.evaluate(() =>
    localStorage.setItem('relaypacs-preferences', JSON.stringify({ language: 'fr' })),
  );
  await beTold(page, stage);
  await page.goto(`${stage.address}/uploads`);
  await page
    .getByRole('banner')
    .getByRole('link', { name: /^Notifications/ })
    .waitFor();
  await page.evaluate(async () => navigator.serviceWorker.ready);
  const expected = {
    title: 'Résultat critique',
    body: 'Le compte rendu d’un examen que vous avez envoyé doit être lu maintenant.',
    lang: 'fr',
    tag: MESSAGE.tag,
  };
  // A worker that is only being started may miss what the developer tools deliver.
  await expect(async () => {
    for (let turn = 0; turn < 2; turn += 1) await deliver(page, context, MESSAGE);
    await expect.poll(() => shown(page), { timeout: 4_000 }).toEqual([expected]);
  }).toPass({ timeout: 40_000 });

  // Each of its own tag: one of those before may still be on its way.
  const tags = ['0198-second', '0199-third', '0200-fourth'];
  let clicked = '';
  await expect(async () => {
    clicked = tags.shift() ?? '';
    await deliver(page, context, { ...MESSAGE, tag: clicked });
    await expect.poll(() => tagsShown(page), { timeout: 5_000 }).toContain(clicked);
  }).toPass({ timeout: 20_000 });
  const [worker] = context.serviceWorkers();
  if (!worker) throw new Error('no service worker');
  // An event that a script makes may not wait for anything, so it throws once all has begun.
  await worker.evaluate(async (tag) => {
    const scope = globalThis as unknown as ServiceWorkerGlobal;
    const [notification] = await scope.registration.getNotifications({ tag });
    scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }));
  }, clicked);
  await expect(page).toHaveURL(`${stage.address}${MESSAGE.page}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Comment vous êtes prévenu');
  await expect.poll(() => tagsShown(page)).not.toContain(clicked);
});

interface ServiceWorkerGlobal {
  registration: ServiceWorkerRegistration;
  dispatchEvent: (event: Event) => boolean;
  NotificationEvent: new (type: string, init: { notification?: Notification }) => Event;
}
