// What a page of the checkout shows, and which of its fields is which. These are the eyes; what it means is judged in
// libraries/booking/site/checkout.py. Robot Framework has these functions as keywords, see card_portal.resource.

// A look that the browser does not answer within this many milliseconds has seen nothing.
const LOOK = 10000;
// Milliseconds between two looks while a change is waited for, and of rest where the page cannot be asked at all.
const PAUSE = 200;

// Runs in the page. Returns the facts of the page that is shown ('look'), tells whether they are other than `unlike`
// ('compare'), or puts `data-field` on the one element of each role that can be acted on ('mark').
function inPage({ task, unlike = '', site = '' }) {
    const folded = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
    const letters = (text) => (text ?? '').toLowerCase().replace(/[^a-z0-9]/g, '');
    const all = (selector) => [...document.querySelectorAll(selector)];
    // A text that is too long ends with a word, and never within figures: half a number would not be known as a secret.
    const short = (text, most) => (text.length <= most ? text : text.slice(0, most).replace(/\S*$/, '').replace(/[^\p{L}]+$/u, ''));

    // What a person sees of the page's own content: no hidden element, and nothing that stands on every page.
    const shown = (element) => {
        const box = element.getBoundingClientRect();
        if (box.width <= 1 || box.height <= 1 || box.right + scrollX <= 0 || box.bottom + scrollY <= 0) return false;
        return element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
    };
    const furniture = (element) => {
        if (element.closest('[id*=cookie i], [class*=cookie i]')) return true;
        if (element.closest('nav, [role=navigation], [role=banner], [role=contentinfo], [role=complementary]')) return true;
        const frame = element.closest('header, footer, aside');
        return frame !== null && !frame.closest('main, article, [role=main], .content-main');
    };
    const visible = (element) => shown(element) && !furniture(element);

    const hash = (text) => {
        let sum = 0x811c9dc5;
        for (let at = 0; at < text.length; at += 1) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
        return (sum >>> 0).toString(36);
    };

    // Roles. An element has the role that its id gives it, else its name, else what stands beside it.
    const KEYS = {
        number: /^(card|creditcard|debitcard|cc)(number|no)$|^pan$/,
        month: /^(card)?(expirydate|(exp|expiry|expire|expiration)(date)?month)$/,
        year: /^(card)?(expirydate2|(exp|expiry|expire|expiration)(date)?year)$/,
        code: /^(card)?(csc|cvv2?|cvc2?|securitycode|verificationcode|verificationvalue)$/,
        holder: /^(cardholdersname|cardholdername|cardholder|nameoncard|holdername|cardname)$/,
        address: /^(billing|card|cardholder|payer)?(address1?|addressline1?|address1line|street|streetaddress|line1)$/,
        address2: /^(billing|card|cardholder|payer)?(address[234]|addressline[234]|line[234])$/,
        city: /^(billing|card|cardholder|payer|address)?(city|town|towncity|cityortown|townorcity|citytown|posttown)$/,
        postcode: /^(billing|card|cardholder|payer|address)?(postcode|postalcode|zip|zipcode)$/,
        email: /^(billing|card|cardholder|payer|receipt|contact)?(email|emailaddress)$/,
        'email-again': /^(confirm|repeat|verify)(email|emailaddress)$|^(email|emailaddress)(2|again|confirm|confirmation|repeat)$/,
        store: /^(store|save|remember|keep)(this|my)?(card|carddetails|details)$/,
    };
    const COMPLETES = {
        number: 'cc-number',
        month: 'cc-exp-month',
        year: 'cc-exp-year',
        code: 'cc-csc',
        holder: 'cc-name',
        address: 'address-line1',
        address2: 'address-line2',
        city: 'address-level2',
        postcode: 'postal-code',
    };
    const WORDS = {
        number: /\bcard (number|no\b)|\blong number\b/,
        month: /\b(expir\w*|valid)\b.*\bmonth\b|\bmonth\b.*\bexpir|^mm$|^month$/,
        year: /\b(expir\w*|valid)\b.*\byear\b|\byear\b.*\bexpir|^yy(yy)?$|^year$/,
        code: /\bsecurity (code|number)\b|\bcsc\b|\bcv[cv]2?\b|\bverification (code|number)\b/,
        holder: /\bname (as shown )?on (the |your )?card\b|\bcard ?holder('?s)?( name)?\b/,
        address: /\baddress( line)? ?1\b|^(billing |card ?holder |home )?(street )?address$|\bstreet address\b|\bhouse\b.*\bstreet\b|\bfirst line of (the |your )?address\b/,
        address2: /\baddress( line)? ?[234]\b|\b(second|third) line of (the |your )?address\b/,
        city: /\b(town|city)\b/,
        postcode: /\bpost ?code\b|\bpostal code\b|\bzip\b/,
        'email-again': /\b(confirm|repeat|re-?enter|re-?type|verify)\b.*\be-?mail\b|\be-?mail\b.*\b(again|confirm\w*|repeat)\b/,
        email: /\be-?mail\b/,
        store: /\b(save|store|remember|keep)\b.*\b(card|details)\b/,
    };
    const BUTTON_IDS = {
        pay: /^scp_[^_]+_buttons(NoBack)?_payment_button$/,
        continue: /^scp_[^_]+_buttons(NoBack)?_continue_button$/,
        'no-save': /^scp_storeCardConfirmationPage_buttons(NoBack)?_cancel_button$/,
    };
    const BUTTON_NAMES = { pay: /^_eventId_payment$/, continue: /^_eventId_continue$/ };
    const BUTTON_WORDS = {
        pay: /^(make (a |your |the )?payment|(confirm|submit|complete) (your |the )?payment|(confirm (and|&) )?pay( now| securely| by card)?( (gbp|£) ?[\d.,]+)?( now)?|pay (and|&) confirm)$/,
        continue: /^(continue|next|next step|proceed|submit|continue to (the )?(payment|next step|confirmation|card details|billing details)|proceed to (the )?(payment|next step))$/,
        'no-save': /^(no|no,? thanks?( you)?|not now|skip|cancel|don['’]?t (save|store).*|do not (save|store).*|no,? .*(save|store).*|continue without (saving|storing).*)$/,
        return: /^(to (the )?(application|shop|website|merchant|service|site)|return( to\b.*)?|back to (the )?(application|shop|website|merchant|service|site|council|camden)\b.*|finish|done|go to\b.*|continue to (the )?(application|shop|website|merchant|service|site|camden)\b.*)$/,
    };
    // Both end the payment; the store-card page's own Cancel is told apart by its id, or by the Save that stands with it.
    const ends = (button) => /cancelLink$|_(back|cancel)_button$/i.test(button.id)
        || /^_eventId_(back|cancel)/.test(button.name) || /^[«<‹← ]*(cancel|go back|back|abort)\b(?! to )/.test(button.words);

    const labelsOf = (element) => {
        const named = (element.getAttribute('aria-labelledby') ?? '').split(/\s+/).filter(Boolean)
            .map((id) => document.getElementById(id)?.innerText);
        const labels = [...(element.labels ?? [])].map((label) => {
            const copy = label.cloneNode(true);
            copy.querySelectorAll('select, option, input, textarea').forEach((each) => each.remove());
            return copy.textContent;
        });
        const own = ['aria-label', 'placeholder', 'title'].map((name) => element.getAttribute(name));
        let texts = [...labels, ...named, ...own].map(folded).filter(Boolean);
        if (!texts.length) {
            // Older pages put the words into the cell before, or right in front.
            const cell = element.closest('td, dd')?.previousElementSibling ?? element.previousElementSibling;
            texts = [folded(cell?.innerText)].filter((text) => text && text.length <= 100);
        }
        return texts;
    };
    // "scp_cardPage_csc_input", "ctl00$PageContent$txtPostcode" and "address_1" are csc, postcode and address1.
    const keyOf = (text) => {
        const own = text.replace(/^scp_[^_]+_/, '').replace(/_(input|select|checkbox)$/, '');
        const last = /^ctl\d|[$.]/.test(own) ? own.split(/[$._]/).pop().replace(/^(txt|ddl|chk|fd)(?=[A-Z])/, '') : own;
        return letters(last);
    };

    const fields = all('input, select, textarea').filter((element) => {
        if (/^(hidden|submit|button|image|reset)$/.test(element.type)) return false;
        const ticked = /^(checkbox|radio)$/.test(element.type);
        return visible(element) || (ticked && [...(element.labels ?? [])].some(visible));
    }).map((element) => {
        const labels = labelsOf(element);
        const words = labels.map((text) => text.toLowerCase().replace(/[*:]+/g, ' ').replace(/\((required|optional)\)/g, ' ').trim());
        const stated = labels.join(' ');
        const required = (element.required || element.getAttribute('aria-required') === 'true' || /\*|\brequired\b|\bmandatory\b/i.test(stated)
            || /\b(required|mandatory)\b/i.test(element.className)) && !/\boptional\b/i.test(stated);
        let filled = element.value !== '';
        if (element.type === 'checkbox') filled = element.checked;
        if (element.type === 'radio') {
            filled = all('input[type=radio]').some((each) => each.name === element.name && each.form === element.form && each.checked);
        }
        return {
            element,
            words,
            id: element.id,
            name: element.name,
            type: element.type,
            label: labels[0] ?? '',
            required,
            filled,
            fixed: element.disabled || element.readOnly === true,
            role: '',
        };
    });
    const buttons = all('button, input[type=submit], input[type=button], input[type=image], a[href], [role=button]')
        .filter((element) => shown(element) && (!furniture(element) || /^scp_/.test(element.id)))
        .map((element) => {
            const spoken = element.tagName === 'INPUT' ? element.value : element.innerText;
            const text = folded(spoken) || folded(element.getAttribute('aria-label') ?? element.title ?? element.alt);
            const words = text.toLowerCase().replace(/[>»›→.!…]+$/, '').trim();
            return { element, words, id: element.id, name: element.name ?? '', text: short(text, 120), href: element.href ?? '', role: '' };
        });

    // Gives a role to the one element that is meant by it in the strongest way there is; to none if there are several.
    const assign = (elements, role, ...ways) => {
        const free = elements.filter((each) => !each.role);
        for (const way of ways) {
            const found = free.filter(way);
            if (found.length === 1) [found[0].role] = [role];
            if (found.length) return found.length === 1;
        }
        return false;
    };
    const boxes = fields.filter(({ type }) => type === 'checkbox');
    const lines = fields.filter(({ type }) => !/^(checkbox|radio|file)$/.test(type));
    const scp = ({ id }) => /^scp_.*_(input|select)$/.test(id);
    const scpName = (field) => /^scp_(additionalInformationPage|tdsv2AdditionalInfoPage)_(name|fullName)_/.test(field.id);
    const roles = Object.keys(KEYS).filter((role) => role !== 'store');
    // First what ids and names say, for every role; only then what words say.
    for (const role of roles) {
        assign(lines, role, (each) => scp(each) && (KEYS[role].test(keyOf(each.id)) || (role === 'holder' && scpName(each))),
            (each) => KEYS[role].test(keyOf(each.name)), (each) => KEYS[role].test(keyOf(each.id)));
    }
    for (const role of ['email-again', ...roles.filter((each) => each !== 'email-again')]) {
        if (lines.some((each) => each.role === role)) continue;
        // Where names are ambiguous, words do not make them less so.
        if (lines.filter((each) => KEYS[role].test(keyOf(each.name))).length > 1) continue;
        assign(lines, role, ({ element }) => COMPLETES[role] && element.autocomplete.split(' ').includes(COMPLETES[role]),
            ({ words }) => words.some((text) => WORDS[role].test(text)) && (role !== 'address' || !words.some((text) => WORDS.email.test(text))));
    }
    // One field for month and year together ("MM/YY") is none of the two.
    if (lines.some(({ role }) => role === 'month') !== lines.some(({ role }) => role === 'year')) {
        for (const each of lines) if (each.role === 'month' || each.role === 'year') each.role = '';
    }
    for (const each of boxes) {
        if (KEYS.store.test(keyOf(each.id)) || KEYS.store.test(keyOf(each.name)) || each.words.some((text) => WORDS.store.test(text))) each.role = 'store';
    }
    const has = (...names) => fields.some(({ role }) => names.includes(role));

    const headings = all('h1, h2').filter(visible).map((element) => ({ level: Number(element.tagName[1]), text: short(folded(element.innerText), 300), id: element.id }))
        .filter(({ text }) => text);

    // Words of the page that are neither field, nor button, nor link.
    const walker = document.createTreeWalker(document.body ?? document.documentElement, NodeFilter.SHOW_TEXT);
    const seenIn = new Map();
    const spoken = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const holder = node.parentElement;
        if (!folded(node.data) || !holder || holder.closest('script, style, noscript, template, select, textarea, label, a, button, title')) continue;
        if (!seenIn.has(holder)) seenIn.set(holder, visible(holder));
        if (seenIn.get(holder)) spoken.push({ holder, text: folded(node.data) });
    }
    // What stands in one block is one thing that is said.
    const block = (element) => {
        let up = element;
        while (up.parentElement && getComputedStyle(up).display.startsWith('inline')) up = up.parentElement;
        return up;
    };
    let text = '';
    let last = null;
    for (const each of spoken) {
        const here = block(each.holder);
        text += (text && (here === last ? ' ' : ' | ')) + each.text;
        last = here;
    }
    text = short(text, 4000);

    const errors = [];
    const complaining = all('[id^=scp_][id$=_error], [role=alert], [role=alertdialog], [aria-live=assertive], [class*=error i], [class*=alert i], [class*=invalid-feedback i]')
        .filter((element) => !/^(HTML|BODY|FORM|INPUT|SELECT|TEXTAREA|IFRAME|MAIN)$/.test(element.tagName))
        .filter((element) => !/\b\S*(success|info|test_environment)\S*\b/i.test(element.getAttribute('class') ?? ''))
        .filter((element) => !element.querySelector('input:not([type=hidden]), select, textarea, button, iframe') && visible(element));
    for (const element of complaining) {
        if (complaining.some((other) => other !== element && other.contains(element))) continue;
        const said = short(folded(element.innerText), 300);
        if (said && !errors.includes(said)) errors.push(said);
    }

    const cancels = (button) => ends(button) && !BUTTON_IDS['no-save'].test(button.id);
    const able = buttons.filter((button) => !cancels(button));
    for (const role of ['pay', 'continue']) {
        assign(able, role, ({ id }) => BUTTON_IDS[role].test(id), ({ name }) => BUTTON_NAMES[role].test(name),
            ({ element, words }) => !/^scp_/.test(element.id) && BUTTON_WORDS[role].test(words));
    }
    const paying = has('number', 'month', 'code') || buttons.some(({ role }) => role === 'pay');
    if (!paying) {
        const offered = `${headings.map((each) => each.text).join(' ')} ${text}`;
        const saves = buttons.some(({ id, words }) => /^scp_storeCardConfirmationPage_buttons(NoBack)?_save_button$/.test(id) || /^(yes,? )?(please )?(save|store)( (this|my|the|your) card| card)?( details)?$/.test(words));
        const asked = saves && /\b(save|store|keep|remember)\b.*\bcard\b|\bcard\b.*\b(saved|stored|kept)\b/i.test(offered);
        const free = asked ? buttons : able;
        const byId = free.filter(({ id }) => BUTTON_IDS['no-save'].test(id));
        const byWords = asked ? free.filter(({ words, id, role }) => !role && !/cancelLink$/i.test(id) && BUTTON_WORDS['no-save'].test(words)) : [];
        const found = byId.length ? byId : byWords;
        if (found.length === 1) found[0].role = 'no-save';
    }
    const billing = has('holder', 'address', 'city', 'postcode');
    if (!paying && !billing && !buttons.some(({ role }) => role === 'no-save')) {
        const home = (() => { try { return new URL(site).host; } catch { return ''; } })();
        const leads = ({ href }) => { try { return home !== '' && /^https?:/.test(href) && new URL(href).host === home; } catch { return false; } };
        const away = home !== location.host;
        // Only where the page says that it is done is any other way on a way back: a logo leads to the site as well.
        const ended = [...headings.map((each) => each.text), ...errors, ...text.split(/[.!;:|]+/)].some((said) => (
            /\b(payment|transaction|booking|order)\b.*\b(successful(ly)?|success|complete|completed|received|confirmed|accepted|processed|taken|made|authori[sz]ed|approved)\b|\bsuccessful payment\b|\bthank you for (your (payment|booking|order|purchase)|paying)\b/i.test(said)
            && !/\b(no|not|never|if|when|once|until|before|after|while|will|may|must|to be|being|please wait|awaiting|pending)\b|n['’]t\b|unsuccess|fail|declin|refus|error|problem|cancel|\?/i.test(said)));
        const ways = [
            ({ words, role }) => !role && BUTTON_WORDS.return.test(words),
            ({ role }) => role === 'continue' && ended && !lines.length,
            (button) => !button.role && away && ended && leads(button),
        ];
        for (const way of ways) {
            const found = able.filter(way);
            // The same link at the top and at the bottom is one link.
            if (found.length && found.every(({ href, words }) => href === found[0].href && words === found[0].words)) found[0].role = 'return';
            if (found.length) break;
        }
    }

    if (task === 'mark') {
        const marked = {};
        all('[data-field]').forEach((element) => element.removeAttribute('data-field'));
        const put = (element, value) => {
            const kind = element.tagName === 'SELECT' ? HTMLSelectElement : HTMLInputElement;
            Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(element, value);
            for (const event of ['input', 'change']) element.dispatchEvent(new Event(event, { bubbles: true }));
        };
        // A list, or a year that wants four digits, gets a small field beside it: what is typed there is carried over
        // within the page, so that nobody outside has to know what it is.
        const stand = (element, role, carry) => {
            const beside = document.createElement('input');
            beside.type = 'password';
            beside.autocomplete = 'off';
            beside.style.cssText = 'width: 8px; height: 8px; padding: 0; border: 0;';
            beside.dataset.field = role;
            beside.dataset.standsFor = role;
            beside.addEventListener('input', (event) => {
                event.stopPropagation();
                const value = carry(beside.value);
                if (value === null) {
                    element.dataset.notFilled = role;
                    return;
                }
                delete element.dataset.notFilled;
                put(element, value);
                element.dataset.field = role;
                setTimeout(() => beside.remove());
            });
            element.after(beside);
        };
        const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
        const choose = (element, role) => (value) => {
            const wanted = role === 'year' ? [Number(value), 2000 + Number(value)] : [Number(value)];
            const means = (said) => {
                const figures = said.match(/\d+/g) ?? [];
                if (figures.length === 1) return wanted.includes(Number(figures[0]));
                return role === 'month' && !figures.length && said.toLowerCase().trim().startsWith(MONTHS[Number(value) - 1]);
            };
            const options = [...element.options].filter((option) => !option.disabled && option.value !== '');
            // What a person reads comes first: values may count from nought.
            const found = [options.filter((option) => means(option.text)), options.filter((option) => means(option.value))].find((each) => each.length);
            return found?.length === 1 ? found[0].value : null;
        };
        all('[data-stands-for]').forEach((element) => element.remove());
        all('[data-not-filled]').forEach((element) => element.removeAttribute('data-not-filled'));
        for (const { element, role, fixed, type, words } of fields) {
            if (!role || fixed) continue;
            if (role === 'store') {
                if (element.checked) element.click();
                continue;
            }
            const limit = element.maxLength > 0 ? element.maxLength : 0;
            if (type.startsWith('select')) {
                if (!/^(month|year)$/.test(role)) continue;
                stand(element, role, choose(element, role));
                marked[role] = 0;
            } else if (role === 'year' && (element.minLength === 4 || words.includes('yyyy'))) {
                stand(element, role, (value) => `20${value}`);
                marked[role] = 0;
            } else {
                element.dataset.field = role;
                marked[role] = limit;
            }
        }
        for (const { element, role } of buttons) {
            // A button that cannot be clicked yet may wait for what is typed; the one that pays has nothing to wait for.
            if (!role || (role === 'pay' && element.disabled)) continue;
            element.dataset.field = role;
            marked[role] = 0;
        }
        return marked;
    }

    // Amounts with the words that stand with them: those of the row, of the line, or in front.
    const amounts = [];
    const before = (node) => {
        const said = folded(node?.previousElementSibling?.innerText ?? node?.previousSibling?.textContent);
        return /£|\bGBP\b/.test(said) ? '' : said;
    };
    const note = (element, said, id) => {
        const cell = element.closest('td, th');
        const row = cell?.closest('tr');
        let label = '';
        if (row) label = [...row.cells].filter((each) => each !== cell).map((each) => folded(each.innerText)).filter((each) => !/£/.test(each)).join(' ');
        else if (element.closest('dd')) label = before(element.closest('dd'));
        const own = folded(said.split(/[-\u2212]?\s*(?:£|\bGBP\b)/)[0]);
        if (/[a-z]/i.test(own)) label = `${label} ${own}`;
        for (let up = element, steps = 0; !/[a-z]/i.test(label) && up && steps < 3 && up !== document.body; up = up.parentElement, steps += 1) label = before(up);
        amounts.push({ id, label: folded(label).slice(-120), text: short(said, 200) });
    };
    const known = new Set();
    for (const [id, selector] of [['card', '#scp_cardPage_amount_value'], ['total', '#scp_purchase_details_total .scp_amount']]) {
        for (const element of all(selector).filter(shown)) {
            known.add(element);
            note(element, folded(element.innerText), id);
        }
    }
    const told = new Set();
    for (const { holder, text: said } of spoken) {
        if (!/£|\bGBP\b/.test(said) || told.has(holder) || [...known].some((element) => element.contains(holder))) continue;
        told.add(holder);
        // Without what is set apart inside, which stands for itself.
        const inner = spoken.filter((each) => each.holder === holder).map((each) => each.text).join(' ');
        const bare = /^\s*(£|GBP)\s*$/.test(inner);
        note(bare ? holder.parentElement ?? holder : holder, bare ? folded(holder.parentElement?.innerText) : inner, '');
    }
    for (const { role, text: said } of buttons) if (role === 'pay' && /£|\bGBP\b/.test(said)) amounts.push({ id: 'pay', label: 'pay', text: said });

    const hostOf = (address) => { try { return new URL(address, location.href).host; } catch { return ''; } };
    const frames = all('iframe').filter(shown).map(({ id, name, src }) => ({ id, name, host: hostOf(src) }));
    const bare = ({ element, words, ...facts }) => facts;
    const facts = {
        address: location.href,
        protocol: location.protocol,
        status: performance.getEntriesByType('navigation')[0]?.responseStatus ?? 0,
        ready: document.readyState,
        clicked: Boolean(window.beforeClick),
        title: short(folded(document.title), 200),
        headings,
        errors: errors.slice(0, 8),
        text,
        fields: fields.map(bare),
        buttons: buttons.map(bare),
        frames,
        amounts,
        test: document.querySelector('.scp_test_environment_warning') !== null,
    };
    // Figures are left out: a countdown makes no other page.
    const still = (what) => hash(JSON.stringify(what).replace(/\d+/g, '#'));
    const document_ = Math.round(performance.timeOrigin * 10).toString(36);
    const kind = [has('number'), billing, ...['pay', 'no-save', 'return'].map((role) => buttons.some((each) => each.role === role))];
    facts.fingerprint = `${document_}-${still([kind, errors, frames.map(({ id }) => id)])}`;
    facts.state = `${document_}-${still(facts)}-${facts.ready}`;
    return task === 'compare' ? facts.state !== unlike : facts;
}

const rest = (milliseconds) => new Promise((resume) => setTimeout(resume, milliseconds));

// A page that is being left, or that answers nothing, shows nothing: that is no failure.
async function ask(page, question, otherwise) {
    try {
        return await Promise.race([page.evaluate(inPage, question), rest(LOOK).then(() => otherwise)]);
    } catch {
        return otherwise;
    }
}

async function lookAtCheckout(question, page) {
    const { site, unlike = '', patience = 0 } = question;
    if (patience > 0) {
        try {
            await page.waitForFunction(inPage, { task: 'compare', site, unlike }, { timeout: patience, polling: PAUSE });
        } catch (error) {
            if (error.name !== 'TimeoutError') await rest(PAUSE);
        }
    }
    return ask(page, { task: 'look', site }, {});
}
lookAtCheckout.rfdoc = 'Returns the facts of the page that is shown; see `Get Checkout Page`.';

async function markFields(site, page) {
    return ask(page, { task: 'mark', site }, {});
}
markFields.rfdoc = 'Puts data-field on the one element of each role; returns the roles, each with the most characters it takes (0: not stated).';

exports.__esModule = true;
exports.lookAtCheckout = lookAtCheckout;
exports.markFields = markFields;
