// What people do with their own account, in a real browser:
// node account.mjs CHROMIUM SERVER SCREEN FOLDER, with USERNAME and PASSWORD of an administrator.
// Puts a picture of every page into FOLDER and prints what was seen as JSON; the test that started it judges.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv, env, stdout } from 'node:process';

import { AxeBuilder } from '@axe-core/playwright';

import { launch, openPage, overflows, signIn } from './browser.mjs';
import { Api, totp } from './gateway.mjs';

const [, , executablePath, server, screen, folder] = argv;
const SCREENS = {
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  desktop: { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
};
const FULL_NAME = 'Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh, Hubert Blaine Maximilian';
const FIRST = 'Correct-Horse-9-Battery-Jane';
const SECOND = 'twelve quiet llamas 41 knit';
const THIRD = 'purple envelope ladder 73 fog';

const seen = { violations: [], overflowing: [] };

/** Take a picture of the whole page, and note what is wrong with it. */
async function look(page, name) {
  await page.screenshot({ path: join(folder, `${screen}-${name}.png`), fullPage: true });
  if (await overflows(page)) seen.overflowing.push(name);
  await page.setViewportSize({ width: 360, height: 740 });
  if (await overflows(page)) seen.overflowing.push(`${name} at 360 px`);
  await page.setViewportSize(SCREENS[screen].viewport);
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const { id, nodes } of violations) {
    seen.violations.push({ page: name, rule: id, where: nodes.map((node) => node.html) });
  }
}

const button = (page, name) => page.getByRole('button', { name, exact: true });
const field = (page, name) => page.getByLabel(name, { exact: true });
const section = (page, name) => page.getByRole('region', { name, exact: true });

async function setUpSecondFactor(page) {
  const factor = section(page, 'Second factor');
  await button(factor, 'Set up').click();
  await factor.getByRole('img').waitFor();
  const secret = await factor.locator('code').innerText();
  await field(factor, 'Code').fill('000000');
  await button(factor, 'Turn on').click();
  await factor.getByText('The code is wrong').waitFor();
  await look(page, 'second-factor');
  await field(factor, 'Code').fill(totp(secret));
  await button(factor, 'Turn on').click();
  const list = factor.getByRole('list', { name: 'Recovery codes' });
  await list.waitFor();
  await look(page, 'recovery-codes');
  const codes = await list.getByRole('listitem').allInnerTexts();
  const download = page.waitForEvent('download');
  await button(factor, 'Save as a file').click();
  seen.codesFile = await readFile(await (await download).path(), 'utf8');
  seen.codes = codes;
  await button(factor, 'I have kept them').click();
  await factor.getByText('On', { exact: true }).waitFor();
  return codes;
}

async function signInWithRecoveryCode(page, username, code) {
  await button(page, 'Sign out').click();
  await signIn(page, username, FIRST);
  await field(page, 'Code').waitFor();
  await look(page, 'code');
  await button(page, 'I lost my device').click();
  await field(page, 'Recovery code').fill(code);
  await button(page, 'Continue').click();
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
}

async function changePassword(page) {
  const password = section(page, 'Password');
  await field(password, 'Present password').fill(FIRST);
  await field(password, 'New password').fill('password1234');
  await password.getByText('Too easy to guess', { exact: true }).waitFor();
  await button(password, 'Change the password').click();
  await password.getByText('too easy to guess. Several').waitFor();
  await look(page, 'weak-password');
  await field(password, 'New password').fill(SECOND);
  await password.getByText('Very good').waitFor();
  await button(password, 'Change the password').click();
  await password.getByText('Your password is changed').waitFor();
}

async function endOtherSession(page, username, code) {
  const elsewhere = await new Api(server).signIn({ username, password: SECOND, totp_code: code });
  await page.reload();
  const sessions = section(page, 'Where you are signed in');
  await sessions.getByRole('listitem').nth(1).waitFor();
  seen.sessions = await sessions.getByRole('listitem').allInnerTexts();
  await look(page, 'account');
  await button(sessions, 'End the session of relaypacs upload').click();
  await sessions.getByText('That session is over.').waitFor();
  seen.elsewhere = (await elsewhere.send('GET', '/auth/me')).status;
}

async function turnSecondFactorOff(page, code) {
  const factor = section(page, 'Second factor');
  await button(factor, 'Turn off').click();
  await field(factor, 'Password').fill(SECOND);
  await field(factor, 'Code').fill(code);
  await look(page, 'turn-off');
  await button(factor, 'Turn off').click();
  await factor.getByText('Off', { exact: true }).waitFor();
}

async function resetPassword(page, admin, user) {
  const { token } = await admin.call('POST', `/users/${user.id}/reset-password`);
  await page.goto(`${server}/reset-password#${token}`);
  await field(page, 'New password').fill(THIRD);
  seen.resetAddress = page.url();
  await look(page, 'reset');
  await button(page, 'Set the password').click();
  await page.getByText('Your password is set').waitFor();
  await look(page, 'signed-out');
  await signIn(page, user.username, THIRD);
  await button(page, 'Sign out').click();
  await field(page, 'User name').waitFor();
  await page.goto(`${server}/reset-password#${token}`);
  await field(page, 'New password').fill(SECOND);
  await button(page, 'Set the password').click();
  await page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
  await look(page, 'link-used');
}

async function acceptInvitation(page, admin) {
  const invitation = { email: `anne-${screen}@example.org`, role: 'radiographer' };
  const { link } = await admin.call('POST', '/invitations', invitation);
  await page.goto(`${server}/invitation#${link.token}`);
  await field(page, 'User name').fill(`anne-${screen}`);
  await field(page, 'Full name').fill('Anne Example');
  await field(page, 'Password').fill(SECOND);
  seen.invitationAddress = page.url();
  seen.offer = await page.locator('dl').innerText();
  await page.getByText('Very good').waitFor();
  await look(page, 'invitation');
  await button(page, 'Create the account').click();
  await page.getByText('Your account is ready').waitFor();
  await signIn(page, `anne-${screen}`, SECOND);
  await page.getByText('Signed in as Anne Example').waitFor({ state: 'attached' });
  await button(page, 'Sign out').click();
}

async function register(page) {
  await page.getByRole('link', { name: 'Register' }).click();
  // The page before has a user name too.
  await field(page, 'Full name').waitFor();
  await field(page, 'User name').fill(`bob-${screen}`);
  await field(page, 'Full name').fill('Bob Example');
  await field(page, 'E-mail').fill('nowhere');
  await field(page, 'Password').fill(SECOND);
  await button(page, 'Register').click();
  await page.locator('[aria-invalid=true]').waitFor();
  await look(page, 'register');
  await field(page, 'E-mail').fill(`bob-${screen}@example.org`);
  await button(page, 'Register').click();
  await page.getByRole('heading', { name: 'Your account waits for approval' }).waitFor();
  await look(page, 'waits');
}

async function comeBackAsStranger(page) {
  await page.goto(`${server}/sign-in/oidc?code=abc&state=def`);
  await page.getByText('This sign-in began elsewhere').waitFor();
  seen.returnAddress = page.url();
  await look(page, 'stranger');
}

async function lockOut(page) {
  await page.goto(server);
  await field(page, 'User name').waitFor();
  for (let failure = 0; failure < 6; failure += 1) {
    const answered = page.waitForResponse('**/auth/login');
    await signIn(page, `carl-${screen}`, 'a wrong password');
    await answered;
  }
  await page.getByText('Too many attempts').waitFor();
  await look(page, 'locked-out');
  seen.lockedOut = await page.getByRole('alert').innerText();
}

const browser = await launch(executablePath);
try {
  const admin = await new Api(server).signIn({ username: env.USERNAME, password: env.PASSWORD });
  const username = `jane-${screen}`;
  const newUser = { username, full_name: FULL_NAME, email: 'jane@example.org', password: FIRST };
  const user = await admin.call('POST', '/users', newUser);
  const { page, seen: watched } = await openPage(browser, SCREENS[screen], /\/api\/v1\/auth\//);
  page.setDefaultTimeout(15_000);
  Object.assign(seen, watched);

  await page.goto(server);
  await field(page, 'User name').waitFor();
  await look(page, 'sign-in');
  await signIn(page, username, FIRST);
  await page.getByRole('link', { name: 'Your account' }).click();
  const codes = await setUpSecondFactor(page);
  await signInWithRecoveryCode(page, username, codes[0]);
  await changePassword(page);
  await endOtherSession(page, username, codes[1]);
  await turnSecondFactorOff(page, codes[2]);
  await resetPassword(page, admin, user);
  await acceptInvitation(page, admin);
  await register(page);
  await comeBackAsStranger(page);
  await lockOut(page);
  stdout.write(JSON.stringify(seen));
} finally {
  await browser.close();
}
