# Ten resources.
class differential::hundred::c022 {
  notify { 'c022 1':
    message => "1 of class c022 on ${facts['networking']['hostname']}",
  }
  notify { 'c022 2':
    message => "2 of class c022 on ${facts['networking']['hostname']}",
  }
  notify { 'c022 3':
    message => "3 of class c022 on ${facts['networking']['hostname']}",
  }
  notify { 'c022 4':
    message => "4 of class c022 on ${facts['networking']['hostname']}",
  }
  notify { 'c022 5':
    message => "5 of class c022 on ${facts['networking']['hostname']}",
  }
  notify { 'c022 6':
    message => "6 of class c022 on ${facts['networking']['hostname']}",
  }
  notify { 'c022 7':
    message => "7 of class c022 on ${facts['networking']['hostname']}",
  }
  notify { 'c022 8':
    message => "8 of class c022 on ${facts['networking']['hostname']}",
  }
  notify { 'c022 9':
    message => "9 of class c022 on ${facts['networking']['hostname']}",
  }
  notify { 'c022 10':
    message => "10 of class c022 on ${facts['networking']['hostname']}",
  }
}
