# Ten resources.
class differential::hundred::c044 {
  notify { 'c044 1':
    message => "1 of class c044 on ${facts['networking']['hostname']}",
  }
  notify { 'c044 2':
    message => "2 of class c044 on ${facts['networking']['hostname']}",
  }
  notify { 'c044 3':
    message => "3 of class c044 on ${facts['networking']['hostname']}",
  }
  notify { 'c044 4':
    message => "4 of class c044 on ${facts['networking']['hostname']}",
  }
  notify { 'c044 5':
    message => "5 of class c044 on ${facts['networking']['hostname']}",
  }
  notify { 'c044 6':
    message => "6 of class c044 on ${facts['networking']['hostname']}",
  }
  notify { 'c044 7':
    message => "7 of class c044 on ${facts['networking']['hostname']}",
  }
  notify { 'c044 8':
    message => "8 of class c044 on ${facts['networking']['hostname']}",
  }
  notify { 'c044 9':
    message => "9 of class c044 on ${facts['networking']['hostname']}",
  }
  notify { 'c044 10':
    message => "10 of class c044 on ${facts['networking']['hostname']}",
  }
}
