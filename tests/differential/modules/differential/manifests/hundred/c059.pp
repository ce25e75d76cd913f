# Ten resources.
class differential::hundred::c059 {
  notify { 'c059 1':
    message => "1 of class c059 on ${facts['networking']['hostname']}",
  }
  notify { 'c059 2':
    message => "2 of class c059 on ${facts['networking']['hostname']}",
  }
  notify { 'c059 3':
    message => "3 of class c059 on ${facts['networking']['hostname']}",
  }
  notify { 'c059 4':
    message => "4 of class c059 on ${facts['networking']['hostname']}",
  }
  notify { 'c059 5':
    message => "5 of class c059 on ${facts['networking']['hostname']}",
  }
  notify { 'c059 6':
    message => "6 of class c059 on ${facts['networking']['hostname']}",
  }
  notify { 'c059 7':
    message => "7 of class c059 on ${facts['networking']['hostname']}",
  }
  notify { 'c059 8':
    message => "8 of class c059 on ${facts['networking']['hostname']}",
  }
  notify { 'c059 9':
    message => "9 of class c059 on ${facts['networking']['hostname']}",
  }
  notify { 'c059 10':
    message => "10 of class c059 on ${facts['networking']['hostname']}",
  }
}
