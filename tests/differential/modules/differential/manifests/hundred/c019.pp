# Ten resources.
class differential::hundred::c019 {
  notify { 'c019 1':
    message => "1 of class c019 on ${facts['networking']['hostname']}",
  }
  notify { 'c019 2':
    message => "2 of class c019 on ${facts['networking']['hostname']}",
  }
  notify { 'c019 3':
    message => "3 of class c019 on ${facts['networking']['hostname']}",
  }
  notify { 'c019 4':
    message => "4 of class c019 on ${facts['networking']['hostname']}",
  }
  notify { 'c019 5':
    message => "5 of class c019 on ${facts['networking']['hostname']}",
  }
  notify { 'c019 6':
    message => "6 of class c019 on ${facts['networking']['hostname']}",
  }
  notify { 'c019 7':
    message => "7 of class c019 on ${facts['networking']['hostname']}",
  }
  notify { 'c019 8':
    message => "8 of class c019 on ${facts['networking']['hostname']}",
  }
  notify { 'c019 9':
    message => "9 of class c019 on ${facts['networking']['hostname']}",
  }
  notify { 'c019 10':
    message => "10 of class c019 on ${facts['networking']['hostname']}",
  }
}
