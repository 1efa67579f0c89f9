"""The practice sheet: as much of the Google Sheets v4 REST API and its token endpoint as gspread needs."""
