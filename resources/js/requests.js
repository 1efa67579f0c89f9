// Requests from within the page that is shown: with its session, its headers and its connection, as the site's own
// scripts would send them. Robot Framework has these functions as keywords, see site.resource.

// Milliseconds after the opening's requests in which an account that has all its slots leaves a small machine to the
// others: reading its basket there and then costs them up to 30 ms.
const REST = 60;

// Runs in the page. Asks for one address after the other, the first one at an instant (ms since the epoch; 0 is now):
// the page waits for it by itself, so that nothing has to find its way to the browser when it has come. Ends at the
// first answer that is no redirect.
async function inPage({ addresses, method, redirect, link, form, patience, at }) {
    const how = () => {
        const plain = { method, redirect, cache: 'no-store', signal: AbortSignal.timeout(patience) };
        if (!link) return plain;
        // What a click on the link would post, to the page's own address.
        const target = document.querySelector(link).href.match(/__doPostBack\('([^']*)'/)[1];
        const body = new URLSearchParams(new FormData(document.querySelector(form)));
        body.set('__EVENTTARGET', target);
        return { ...plain, method: 'POST', body };
    };
    const ask = async (address) => {
        const seen = { address, status: 0, url: '', html: '', mitigated: '', date: '', error: '', redirected: false };
        seen.sent = Date.now();
        try {
            const answer = await fetch(address, how());
            seen.redirected = answer.type === 'opaqueredirect';
            seen.html = await answer.text();
            seen.status = answer.status;
            seen.url = answer.url;
            seen.mitigated = answer.headers.get('cf-mitigated') || '';
            seen.date = answer.headers.get('date') || '';
        } catch (error) {
            seen.error = String(error);
        }
        return { ...seen, answered: Date.now() };
    };
    if (at > Date.now()) {
        // The clock is read at the turn of a millisecond and then not asked: one that is set meanwhile neither hurries
        // nor delays what is half a second away. At the end it is asked once more, since a browser blurs it a little.
        const before = Date.now();
        while (Date.now() === before);
        const until = performance.now() + at - Date.now();
        if (until - performance.now() > 2) {
            await new Promise((resume) => setTimeout(resume, until - performance.now() - 2));
        }
        while (performance.now() < until || (Date.now() < at && performance.now() < until + 2));
    }
    const answers = [];
    for (const address of addresses) {
        const seen = await ask(address);
        answers.push(seen);
        if (!seen.redirected) break;
    }
    return answers;
}

async function sendRequest(question, page) {
    const [seen] = await page.evaluate(inPage, { redirect: 'follow', ...question, addresses: [question.address] });
    return seen;
}
sendRequest.rfdoc = 'Asks the site for one address and follows redirects; see `Fetch Page`.';

// A page is not told where a redirect leads that it does not follow, but its browser is: so the next slot need not
// wait for the page to which the last one led.
async function sendHoldRequests(question, page) {
    const leads = new Map();
    const note = (response) => {
        const { location } = response.headers();
        if (location) leads.set(response.url(), new URL(location, response.url()).href);
    };
    page.on('response', note);
    let answers;
    try {
        answers = await page.evaluate(inPage, { ...question, redirect: 'manual' });
    } finally {
        page.off('response', note);
    }
    const redirected = answers.filter((each) => each.redirected);
    for (const seen of redirected) {
        Object.assign(seen, { status: 302, url: leads.get(new URL(seen.address).href) ?? '' });
    }
    // What has been taken can wait for those who are still asking; where a slot was not given, the next one cannot.
    if (question.at && answers.every(({ url }) => url && mustBeSeen(url, question))) {
        await new Promise((resume) => setTimeout(resume, REST));
    }
    const followed = new Map();
    for (const seen of redirected) {
        if (!seen.url || !mustBeSeen(seen.url, question)) continue;
        if (!followed.has(seen.url)) followed.set(seen.url, await sendRequest({ ...question, address: seen.url, at: 0 }, page));
        const { status, url, html, mitigated } = followed.get(seen.url);
        // A page that could not be had takes nothing away from what the redirect has told.
        if (status && status < 500) Object.assign(seen, { status, url, html, mitigated });
    }
    return answers;
}
sendHoldRequests.rfdoc = 'Asks the site for one slot after the other; see `Request Slots`.';

// Tells whether a page of the site says more than its address does.
function mustBeSeen(address, { site, plain }) {
    const { origin, pathname } = new URL(address);
    return origin === new URL(site).origin && !plain.some((path) => pathname.toLowerCase().startsWith(path.toLowerCase()));
}

exports.__esModule = true;
exports.sendRequest = sendRequest;
exports.sendHoldRequests = sendHoldRequests;
