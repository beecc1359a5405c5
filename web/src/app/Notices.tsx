import { OfflineNotice } from './OfflineNotice';
import { UpdateNotice } from './UpdateNotice';

/** What stands above every page while it is so. */
export function Notices() {
  return (
    <>
      <OfflineNotice />
      <UpdateNotice />
    </>
  );
}
