"""The keywords of the library Booker, by stage: account, pages, opening, holding, payment."""
