"""The shop itself: name, languages, money, address and look; and the files it stores."""
