/** Where a person is named to be added: names are offered while one is typed. */

import { Api } from "./api.js";
import { readPage } from "./page.js";
import { suggestPeople } from "./suggestions.js";

suggestPeople(new Api(readPage().api_url));
