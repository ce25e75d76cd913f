# Ten resources.
class differential::hundred::c070 {
  notify { 'c070 1':
    message => "1 of class c070 on ${facts['networking']['hostname']}",
  }
  notify { 'c070 2':
    message => "2 of class c070 on ${facts['networking']['hostname']}",
  }
  notify { 'c070 3':
    message => "3 of class c070 on ${facts['networking']['hostname']}",
  }
  notify { 'c070 4':
    message => "4 of class c070 on ${facts['networking']['hostname']}",
  }
  notify { 'c070 5':
    message => "5 of class c070 on ${facts['networking']['hostname']}",
  }
  notify { 'c070 6':
    message => "6 of class c070 on ${facts['networking']['hostname']}",
  }
  notify { 'c070 7':
    message => "7 of class c070 on ${facts['networking']['hostname']}",
  }
  notify { 'c070 8':
    message => "8 of class c070 on ${facts['networking']['hostname']}",
  }
  notify { 'c070 9':
    message => "9 of class c070 on ${facts['networking']['hostname']}",
  }
  notify { 'c070 10':
    message => "10 of class c070 on ${facts['networking']['hostname']}",
  }
}
