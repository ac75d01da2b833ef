/** Every page of the messenger has the site's way out. */

import { readPage } from "./page.js";
import { guardSignOut } from "./signout.js";

const { logout_url, user } = readPage();
guardSignOut(logout_url, user.id);
