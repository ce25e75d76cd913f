# Ten resources.
class differential::hundred::c063 {
  notify { 'c063 1':
    message => "1 of class c063 on ${facts['networking']['hostname']}",
  }
  notify { 'c063 2':
    message => "2 of class c063 on ${facts['networking']['hostname']}",
  }
  notify { 'c063 3':
    message => "3 of class c063 on ${facts['networking']['hostname']}",
  }
  notify { 'c063 4':
    message => "4 of class c063 on ${facts['networking']['hostname']}",
  }
  notify { 'c063 5':
    message => "5 of class c063 on ${facts['networking']['hostname']}",
  }
  notify { 'c063 6':
    message => "6 of class c063 on ${facts['networking']['hostname']}",
  }
  notify { 'c063 7':
    message => "7 of class c063 on ${facts['networking']['hostname']}",
  }
  notify { 'c063 8':
    message => "8 of class c063 on ${facts['networking']['hostname']}",
  }
  notify { 'c063 9':
    message => "9 of class c063 on ${facts['networking']['hostname']}",
  }
  notify { 'c063 10':
    message => "10 of class c063 on ${facts['networking']['hostname']}",
  }
}
