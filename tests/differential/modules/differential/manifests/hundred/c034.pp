# Ten resources.
class differential::hundred::c034 {
  notify { 'c034 1':
    message => "1 of class c034 on ${facts['networking']['hostname']}",
  }
  notify { 'c034 2':
    message => "2 of class c034 on ${facts['networking']['hostname']}",
  }
  notify { 'c034 3':
    message => "3 of class c034 on ${facts['networking']['hostname']}",
  }
  notify { 'c034 4':
    message => "4 of class c034 on ${facts['networking']['hostname']}",
  }
  notify { 'c034 5':
    message => "5 of class c034 on ${facts['networking']['hostname']}",
  }
  notify { 'c034 6':
    message => "6 of class c034 on ${facts['networking']['hostname']}",
  }
  notify { 'c034 7':
    message => "7 of class c034 on ${facts['networking']['hostname']}",
  }
  notify { 'c034 8':
    message => "8 of class c034 on ${facts['networking']['hostname']}",
  }
  notify { 'c034 9':
    message => "9 of class c034 on ${facts['networking']['hostname']}",
  }
  notify { 'c034 10':
    message => "10 of class c034 on ${facts['networking']['hostname']}",
  }
}
