# Ten resources.
class differential::hundred::c090 {
  notify { 'c090 1':
    message => "1 of class c090 on ${facts['networking']['hostname']}",
  }
  notify { 'c090 2':
    message => "2 of class c090 on ${facts['networking']['hostname']}",
  }
  notify { 'c090 3':
    message => "3 of class c090 on ${facts['networking']['hostname']}",
  }
  notify { 'c090 4':
    message => "4 of class c090 on ${facts['networking']['hostname']}",
  }
  notify { 'c090 5':
    message => "5 of class c090 on ${facts['networking']['hostname']}",
  }
  notify { 'c090 6':
    message => "6 of class c090 on ${facts['networking']['hostname']}",
  }
  notify { 'c090 7':
    message => "7 of class c090 on ${facts['networking']['hostname']}",
  }
  notify { 'c090 8':
    message => "8 of class c090 on ${facts['networking']['hostname']}",
  }
  notify { 'c090 9':
    message => "9 of class c090 on ${facts['networking']['hostname']}",
  }
  notify { 'c090 10':
    message => "10 of class c090 on ${facts['networking']['hostname']}",
  }
}
