# Ten resources.
class differential::hundred::c051 {
  notify { 'c051 1':
    message => "1 of class c051 on ${facts['networking']['hostname']}",
  }
  notify { 'c051 2':
    message => "2 of class c051 on ${facts['networking']['hostname']}",
  }
  notify { 'c051 3':
    message => "3 of class c051 on ${facts['networking']['hostname']}",
  }
  notify { 'c051 4':
    message => "4 of class c051 on ${facts['networking']['hostname']}",
  }
  notify { 'c051 5':
    message => "5 of class c051 on ${facts['networking']['hostname']}",
  }
  notify { 'c051 6':
    message => "6 of class c051 on ${facts['networking']['hostname']}",
  }
  notify { 'c051 7':
    message => "7 of class c051 on ${facts['networking']['hostname']}",
  }
  notify { 'c051 8':
    message => "8 of class c051 on ${facts['networking']['hostname']}",
  }
  notify { 'c051 9':
    message => "9 of class c051 on ${facts['networking']['hostname']}",
  }
  notify { 'c051 10':
    message => "10 of class c051 on ${facts['networking']['hostname']}",
  }
}
