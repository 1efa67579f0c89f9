"""Camden Active as its pages are publicly known: addresses and locators, nothing secret.

Robot Framework reads this file as variables. A site that runs on the same platform needs a file like this one,
named after it, and `BOOKING_SITE` set to that name.
"""

SITE_URL = "https://camdenactive.camden.gov.uk"
SITE_ZONE = "Europe/London"
SITE_LOCALE = "en-GB"
# Hosts beside the site's own on which card data may be typed: the live host of the card portal, known for this site
# from a public program that pays through it. Councils change provider: the PAYMENT_HOSTS setting names another one.
PAYMENT_HOSTS: tuple[str, ...] = ("sbs.e-paycapita.com",)

# Addresses, relative to the site.
HOME_PATH = "/"
LOGIN_PATH = "/security/login.aspx"
COURT_PATH = "/courses/detail/"
BOOK_PATH = "/courses/book.aspx"
BASKET_PATH = "/basket/"
BOOKINGS_PATH = "/dashboards/my-bookings/"

# Furniture of every page.
PAGE_FORM = "form#aspnetForm"
LOG_IN_LINK = "#ctl00_btnLogin"
LOG_OUT_LINK = "#ctl00_btnLogout"
ACCEPT_COOKIES = "#CookiePolicyAcceptAll, #rtPrivacyBannerAccept"
POSTBACK_LOCK = "body.postback-lock"
SESSION_DIALOG = "#rtUIDialog"
SESSION_CONTINUE = "a.rtSessionContinue"
HEADING = "h1"

# Login page.
EMAIL_FIELD = "input[type=email]"
PASSWORD_FIELD = "input[type=password]"
SUBMIT_LOGIN = "a.button-primary[id$=btnLogin]"
LOGIN_MESSAGE = ".validation-summary-errors"
SECOND_FACTOR_FIELD = "input[name$=fdVerificationCode]"

# Court page.
CALENDAR = "#ctl00_PageContent_pnlFacilityAvailability"
EVENT_ID_FIELD = "input[name='ctl00$PageContent$fdFacilityId']"
CALENDAR_DAY = "div.timetable-day"
CALENDAR_DAY_TITLE = "h4.timetable-title"
CALENDAR_HOUR = "li:has(.facility-hour)"
CALENDAR_HOUR_LABEL = "span.facility-hour"
CALENDAR_FREE_HOUR = "a.facility-book"
NEXT_WEEK = "#ctl00_PageContent_btnNextWeek"
PREVIOUS_WEEK = "#ctl00_PageContent_btnPrevWeek"

# Basket.
BASKET_LINE = "div.basket-row"
BASKET_CELL = "div.basket-column"
BASKET_REMOVE = "a.basket-remove"
BASKET_TOTAL = "#ctl00_PageContent_lblTotal"
BASKET_CREDIT = "#ctl00_PageContent_lblCredit"
MAKE_BOOKING = "#ctl00_PageContent_btnContinue"

# Card portal. Its pages are told apart by what they show, see resources/js/checkout.js.
# What is blackened in every picture: whatever can be typed into or chosen from.
CARD_FIELDS = (
    "input:not([type=hidden], [type=submit], [type=button], [type=image], [type=reset], [type=checkbox], [type=radio])"
    ", select, textarea"
)

# My bookings.
BOOKINGS_CONTENT = "div.content-main"
BOOKING_ROW = "div.wrapper.row-group"
BOOKING_CELL = "div.booking-column"
BOOKINGS_NEXT = "a.button-primary:text-is('Next')"
